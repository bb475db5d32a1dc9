import type { Coin } from "@forkyard/core/coins";
import type { Txid } from "@forkyard/core/hash";
import { type OutPoint, outPointKey, type Transaction, type TxOutput } from "@forkyard/core/tx";
import type { OwnScript } from "../keys/key-ring.ts";
import { MAX_UNCONFIRMED_ANCESTORS } from "../limits.ts";
import type { OwnCoin } from "./own-coin.ts";

/** What a transaction means to the wallet. */
export interface Relevance {
  /** For each input the output it spends, where that is the wallet's. */
  readonly ownInputs: readonly (TxOutput | undefined)[];
  /** Keys of the wallet that it pays to. */
  readonly paidTo: readonly OwnScript[];
  /** Unconfirmed transactions that can no longer be mined because of it, descendants included. */
  readonly conflicted: readonly Txid[];
}

/**
 * The coins of a wallet: those in the chain, and above them the transactions that wait for a block (the mempool's, and
 * own payments on their way there). Connecting a block and disconnecting it again leaves the chain's coins as they were;
 * what waits follows the mempool, whose news must come for every transaction that enters or leaves it.
 */
export class Ledger {
  readonly #ownerOf: (scriptPubKey: Uint8Array) => OwnScript | undefined;
  readonly #confirmed = new Map<string, OwnCoin>();
  readonly #waiting = new Map<Txid, Transaction>();
  /** Outputs of waiting transactions that are the wallet's. */
  readonly #waitingCoins = new Map<string, OwnCoin>();
  /** Which waiting transaction spends an outpoint, others' outpoints included: they too tell of double spends. */
  readonly #spentBy = new Map<string, Txid>();

  constructor(ownerOf: (scriptPubKey: Uint8Array) => OwnScript | undefined) {
    this.#ownerOf = ownerOf;
  }

  /** Puts a coin of the chain in, when it is the wallet's. */
  addConfirmed(outPoint: OutPoint, coin: Coin): OwnScript | undefined {
    const owner = this.#ownerOf(coin.output.scriptPubKey);
    if (owner !== undefined) {
      const { height, coinbase } = coin;
      const own = ownCoin(outPoint, coin.output.value, owner, { height, coinbase });
      this.#confirmed.set(outPointKey(outPoint), own);
    }
    return owner;
  }

  /** A transaction of a block being connected. undefined: it does not concern the wallet. */
  confirm(tx: Transaction, height: number): Relevance | undefined {
    const ownInputs = this.#ownInputs(tx);
    const conflicted = tx.inputs.flatMap(({ prevout }) => {
      const spender = this.#spentBy.get(outPointKey(prevout));
      return spender === undefined || spender === tx.txid ? [] : this.#evict(spender);
    });
    this.remove(tx.txid);
    for (const { prevout } of tx.inputs) this.#confirmed.delete(outPointKey(prevout));
    const paidTo = tx.outputs.flatMap((output, vout) => {
      const coin = { output, height, coinbase: tx.isCoinbase };
      return this.addConfirmed({ txid: tx.txid, vout }, coin) ?? [];
    });
    return relevance({ ownInputs, paidTo, conflicted });
  }

  /** A transaction of a block being disconnected: its coins go. The coins it spent come back with {@link addConfirmed}. */
  unconfirm(tx: Transaction): void {
    tx.outputs.forEach((_, vout) => this.#confirmed.delete(outPointKey({ txid: tx.txid, vout })));
  }

  /** A transaction that waits for a block from now on; what it conflicts with waits no longer. */
  add(tx: Transaction): Relevance | undefined {
    const conflicted = tx.inputs.flatMap(({ prevout }) => {
      const spender = this.#spentBy.get(outPointKey(prevout));
      return spender === undefined || spender === tx.txid ? [] : this.#evict(spender);
    });
    const ownInputs = this.#ownInputs(tx);
    const owners = tx.outputs.map((output) => this.#ownerOf(output.scriptPubKey));
    const paidTo = owners.filter((owner) => owner !== undefined);
    const found = relevance({ ownInputs, paidTo, conflicted });
    if (found === undefined) return undefined;
    this.#waiting.set(tx.txid, tx);
    for (const { prevout } of tx.inputs) this.#spentBy.set(outPointKey(prevout), tx.txid);
    tx.outputs.forEach((output, vout) => {
      const owner = owners[vout];
      if (owner === undefined) return;
      const outPoint = { txid: tx.txid, vout };
      const where = { height: undefined, coinbase: false };
      this.#waitingCoins.set(outPointKey(outPoint), ownCoin(outPoint, output.value, owner, where));
    });
    return found;
  }

  /** A transaction that waits no longer: mined, or gone. Transactions on top of it stay, they have news of their own. */
  remove(txid: Txid): boolean {
    const tx = this.#waiting.get(txid);
    if (tx === undefined) return false;
    this.#waiting.delete(txid);
    for (const { prevout } of tx.inputs) this.#spentBy.delete(outPointKey(prevout));
    tx.outputs.forEach((_, vout) => this.#waitingCoins.delete(outPointKey({ txid, vout })));
    return true;
  }

  /** All coins, confirmed first, spent ones of waiting payments included. */
  *coins(): Iterable<OwnCoin> {
    yield* this.#confirmed.values();
    yield* this.#waitingCoins.values();
  }

  /** A coin of the wallet, if the outpoint names one. */
  coin(outPoint: OutPoint): OwnCoin | undefined {
    const key = outPointKey(outPoint);
    return this.#confirmed.get(key) ?? this.#waitingCoins.get(key);
  }

  /** True when a waiting transaction spends the coin. */
  isReserved(coin: OwnCoin): boolean {
    return this.#spentBy.has(outPointKey(coin.outPoint));
  }

  /**
   * True for a waiting transaction that stands on the wallet's own confirmed coins alone, over few enough own
   * transactions: nobody but the wallet could take it back, so its change may be spent at once.
   */
  isOwnPayment(txid: Txid): boolean {
    const family = new Set([txid]);
    // A set is walked in the order of insertion, additions on the way included.
    for (const member of family) {
      const tx = this.#waiting.get(member);
      if (tx === undefined || family.size > MAX_UNCONFIRMED_ANCESTORS) return false;
      for (const { prevout } of tx.inputs) {
        const key = outPointKey(prevout);
        if (this.#confirmed.has(key)) continue;
        if (!this.#waitingCoins.has(key)) return false;
        family.add(prevout.txid);
      }
    }
    return true;
  }

  #ownInputs(tx: Transaction): readonly (TxOutput | undefined)[] {
    return tx.inputs.map(({ prevout }) => this.coin(prevout)?.output);
  }

  /** Takes out a waiting transaction and everything that waits on top of it. */
  #evict(txid: Txid): readonly Txid[] {
    const evicted = new Set([txid]);
    for (const member of evicted) {
      this.#waiting.get(member)?.outputs.forEach((_, vout) => {
        const spender = this.#spentBy.get(outPointKey({ txid: member, vout }));
        if (spender !== undefined) evicted.add(spender);
      });
    }
    for (const member of evicted) this.remove(member);
    return [...evicted];
  }
}

function relevance(found: Relevance): Relevance | undefined {
  const concerns =
    found.paidTo.length > 0 || found.conflicted.length > 0 || found.ownInputs.some((output) => output !== undefined);
  return concerns ? found : undefined;
}

/** Holds the key ring's copy of the script: the one in the transaction is a view that would pin the whole block. */
function ownCoin(
  outPoint: OutPoint,
  value: bigint,
  owner: OwnScript,
  where: Pick<OwnCoin, "height" | "coinbase">,
): OwnCoin {
  return { outPoint, output: { value, scriptPubKey: owner.scriptPubKey }, owner, ...where };
}
