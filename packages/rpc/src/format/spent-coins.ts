import type { Block } from "@forkyard/core/block";
import type { BlockDelta, Coin } from "@forkyard/core/coins";
import { outPointKey, type Transaction } from "@forkyard/core/tx";

/** Finds the coins that the transactions of a connected block spent. */
export class SpentCoins {
  readonly #byOutPoint = new Map<string, Coin>();

  /** @param undo the block's; coins both made and spent within the block are not in it and are taken from the block */
  constructor(block: Block, height: number, undo: BlockDelta) {
    for (const tx of block.txs) {
      tx.outputs.forEach((output, vout) => {
        const coin: Coin = { output, height, coinbase: tx.isCoinbase };
        this.#byOutPoint.set(outPointKey({ txid: tx.txid, vout }), coin);
      });
    }
    for (const { outPoint, coin } of undo.spent) this.#byOutPoint.set(outPointKey(outPoint), coin);
  }

  /** In the order of the inputs; undefined when one is not found, and for a coinbase. */
  of(tx: Transaction): readonly Coin[] | undefined {
    if (tx.isCoinbase) return undefined;
    const coins = tx.inputs.map((input) => this.#byOutPoint.get(outPointKey(input.prevout)));
    return coins.every((coin) => coin !== undefined) ? coins : undefined;
  }
}
