import { type BlockDelta, type Coin, type CoinChange, type CoinReader, isUnspendable } from "@forkyard/core/coins";
import type { Txid } from "@forkyard/core/hash";
import type { OutPoint, Transaction, TxOutput } from "@forkyard/core/tx";

/**
 * The coins as a block sees them while its transactions are gone through in order: the coins before it, without those
 * that it has spent, with those that it has made. Collects what the block changes; the coins below are only read.
 */
export class BlockCoins implements CoinReader {
  readonly #base: CoinReader;
  readonly #height: number;
  /** Coins made so far by transaction and output; undefined where an output makes none or was spent again. */
  readonly #created = new Map<Txid, (CoinChange | undefined)[]>();
  readonly #spent: CoinChange[] = [];
  /**
   * Outputs spent below, by transaction: the only one, or all of them. No key strings are put together and few sets are
   * made, as there may be thousands in a block.
   */
  readonly #spentVouts = new Map<Txid, number | Set<number>>();

  /** @param height of the block */
  constructor(base: CoinReader, height: number) {
    this.#base = base;
    this.#height = height;
  }

  coin(outPoint: OutPoint): Coin | undefined {
    const created = this.#created.get(outPoint.txid)?.[outPoint.vout];
    if (created !== undefined) return created.coin;
    const spent = this.#spentVouts.get(outPoint.txid);
    if (spent === outPoint.vout || (spent instanceof Set && spent.has(outPoint.vout))) return undefined;
    return this.#base.coin(outPoint);
  }

  /** Takes a coin out that {@link coin} has just given. */
  spend(outPoint: OutPoint, coin: Coin): void {
    const siblings = this.#created.get(outPoint.txid);
    if (siblings?.[outPoint.vout] !== undefined) {
      siblings[outPoint.vout] = undefined;
      return;
    }
    const vouts = this.#spentVouts.get(outPoint.txid);
    if (vouts === undefined) this.#spentVouts.set(outPoint.txid, outPoint.vout);
    else if (vouts instanceof Set) vouts.add(outPoint.vout);
    else this.#spentVouts.set(outPoint.txid, new Set([vouts, outPoint.vout]));
    this.#spent.push({ outPoint, coin });
  }

  /** Puts a transaction's outputs in, but for those that can never be spent. */
  create(tx: Transaction): void {
    const { txid } = tx;
    const coinbase = tx.isCoinbase;
    const height = this.#height;
    this.#created.set(
      txid,
      tx.outputs.map((output: TxOutput, vout) =>
        isUnspendable(output.scriptPubKey)
          ? undefined
          : { outPoint: { txid, vout }, coin: { output, height, coinbase } },
      ),
    );
  }

  /** What all of it comes to. */
  delta(): BlockDelta {
    const created: CoinChange[] = [];
    for (const changes of this.#created.values()) {
      for (const change of changes) if (change !== undefined) created.push(change);
    }
    return { spent: this.#spent, created };
  }
}
