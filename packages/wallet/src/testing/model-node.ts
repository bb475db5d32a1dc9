/**
 * What a node is to a wallet, as simple as it can be: a chain, a mempool, and answers worked out from nothing every
 * time. The wallet under test is told what a node would tell it.
 */
import type { CoinChange } from "@forkyard/core/coins";
import type { Txid } from "@forkyard/core/hash";
import { type OutPoint, outPointKey, type Transaction, type TxOutput } from "@forkyard/core/tx";
import { MAX_UNCONFIRMED_ANCESTORS } from "../limits.ts";
import type { Wallet, WalletBalance } from "../wallet.ts";
import { coinbaseTx, TestChain } from "./test-chain.ts";

const NOW_MS = 1_800_000_000_000;

export class ModelNode {
  readonly chain = new TestChain();
  readonly mempool = new Map<Txid, Transaction>();
  readonly #wallet: Wallet;
  readonly #maturity: number;
  readonly #seen = new Map<Txid, Transaction>();
  #tag = 0;

  constructor(wallet: Wallet, coinbaseMaturity: number) {
    this.#wallet = wallet;
    this.#maturity = coinbaseMaturity;
  }

  /** Into the mempool, where what it conflicts with goes. Some nodes name the replaced ones, some are too slow to. */
  submit(tx: Transaction, namesReplaced: boolean): void {
    this.#seen.set(tx.txid, tx);
    const rivals = [...this.mempool.values()].filter((other) => other.txid !== tx.txid && sharesInput(tx, other));
    const dropped = rivals.flatMap((rival) => this.#take(rival.txid));
    if (!this.#canEnter(tx)) return this.#tellRemoved(dropped);
    if (namesReplaced) this.#tellRemoved(dropped);
    this.mempool.set(tx.txid, tx);
    this.#wallet.mempoolAdded(tx, NOW_MS);
    if (!namesReplaced) this.#tellRemoved(dropped);
  }

  /** Out of the mempool with all that stands on it. */
  evict(txid: Txid): void {
    this.#tellRemoved(this.#take(txid));
  }

  /** Mines those of the given transactions that fit, first come first served. */
  mine(coinbase: TxOutput, wanted: readonly Transaction[]): void {
    const coins = new Map(this.chain.coins().map((change) => [outPointKey(change.outPoint), change]));
    const txs = [coinbaseTx(this.#tag++, [coinbase])];
    const spentForeign = new Set(this.#foreignSpentInChain);
    for (const tx of wanted) {
      const keys = tx.inputs.map(({ prevout }) => outPointKey(prevout));
      const fits = tx.inputs.every(({ prevout }) => {
        const key = outPointKey(prevout);
        const coin = coins.get(key);
        return coin === undefined ? this.#isForeign(prevout) && !spentForeign.has(key) : this.#isMature(coin);
      });
      if (!fits || txs.includes(tx)) continue;
      for (const key of keys) if (!coins.delete(key)) spentForeign.add(key);
      tx.outputs.forEach((output, vout) => {
        const outPoint = { txid: tx.txid, vout };
        const coin = { output, height: this.chain.height + 1, coinbase: false };
        coins.set(outPointKey(outPoint), { outPoint, coin });
      });
      txs.push(tx);
    }
    const block = this.chain.connect(txs);
    for (const tx of txs) this.#seen.set(tx.txid, tx);
    this.#wallet.blockConnected(block, this.chain.height);
    for (const tx of txs) this.mempool.delete(tx.txid);
    const conflicted = [...this.mempool.values()].filter((other) => txs.some((tx) => sharesInput(tx, other)));
    this.#tellRemoved(conflicted.flatMap((other) => this.#take(other.txid)));
  }

  /** Takes blocks back; their transactions return to the mempool where they can. */
  reorganise(depth: number): void {
    const returned: Transaction[] = [];
    for (let i = 0; i < depth && this.chain.height > 0; i++) {
      const { block, height, spent } = this.chain.disconnect();
      this.#wallet.blockDisconnected(block, height, spent);
      returned.unshift(...block.txs.filter((tx) => !tx.isCoinbase));
    }
    const waiting = [...this.mempool.values()];
    this.mempool.clear();
    for (const tx of [...returned, ...waiting]) {
      const free = ![...this.mempool.values()].some((other) => sharesInput(tx, other));
      if (free && this.#canEnter(tx)) this.mempool.set(tx.txid, tx);
    }
    this.#tellRemoved(waiting.map((tx) => tx.txid).filter((txid) => !this.mempool.has(txid)));
    for (const tx of returned) if (this.mempool.has(tx.txid)) this.#wallet.mempoolAdded(tx, NOW_MS);
  }

  /** The wallet's balance, from first principles. */
  balance(): WalletBalance {
    const sums = { confirmed: 0n, unconfirmed: 0n, immature: 0n };
    const spent = new Set([...this.mempool.values()].flatMap((tx) => tx.inputs.map((i) => outPointKey(i.prevout))));
    for (const change of this.chain.coins()) {
      if (!this.#isOwn(change.coin.output) || spent.has(outPointKey(change.outPoint))) continue;
      sums[this.#isMature(change) ? "confirmed" : "immature"] += change.coin.output.value;
    }
    for (const tx of this.mempool.values()) {
      tx.outputs.forEach((output, vout) => {
        if (!this.#isOwn(output) || spent.has(outPointKey({ txid: tx.txid, vout }))) return;
        const family = this.#ownFamily(tx);
        const trusted = family !== undefined && family.size <= MAX_UNCONFIRMED_ANCESTORS;
        sums[trusted ? "confirmed" : "unconfirmed"] += output.value;
      });
    }
    return sums;
  }

  /** Unconfirmed transactions that a change of `tx` stands on; undefined when one input is not the wallet's. */
  #ownFamily(tx: Transaction): Set<Txid> | undefined {
    const family = new Set([tx.txid]);
    for (const { prevout } of tx.inputs) {
      const coin = this.chain.coins().find((change) => outPointKey(change.outPoint) === outPointKey(prevout));
      if (coin !== undefined && this.#isOwn(coin.coin.output)) continue;
      const parent = this.mempool.get(prevout.txid);
      const output = parent?.outputs[prevout.vout];
      const parents = parent === undefined || output === undefined ? undefined : this.#ownFamily(parent);
      if (parents === undefined || !this.#isOwn(output as TxOutput)) return undefined;
      for (const each of parents) family.add(each);
    }
    return family;
  }

  #canEnter(tx: Transaction): boolean {
    const coins = new Map(this.chain.coins().map((change) => [outPointKey(change.outPoint), change]));
    const spentForeign = this.#foreignSpentInChain;
    return tx.inputs.every(({ prevout }) => {
      const coin = coins.get(outPointKey(prevout));
      if (coin !== undefined) return this.#isMature(coin);
      if (this.mempool.has(prevout.txid)) return true;
      return this.#isForeign(prevout) && !spentForeign.has(outPointKey(prevout));
    });
  }

  #isMature({ coin }: CoinChange): boolean {
    return !coin.coinbase || this.chain.height + 1 - coin.height >= this.#maturity;
  }

  /** Outputs of transactions that were never seen here may always be spent once. */
  #isForeign(prevout: OutPoint): boolean {
    return !this.#seen.has(prevout.txid);
  }

  get #foreignSpentInChain(): Set<string> {
    const inputs = this.chain.blocks().flatMap((block) => block.txs.flatMap((tx) => tx.inputs));
    return new Set(inputs.map(({ prevout }) => outPointKey(prevout)));
  }

  #isOwn(output: TxOutput): boolean {
    return this.#wallet.ownKey(output.scriptPubKey) !== undefined;
  }

  #take(txid: Txid): Txid[] {
    const tx = this.mempool.get(txid);
    if (tx === undefined) return [];
    this.mempool.delete(txid);
    const children = [...this.mempool.values()].filter((other) => other.inputs.some((i) => i.prevout.txid === txid));
    return [txid, ...children.flatMap((child) => this.#take(child.txid))];
  }

  #tellRemoved(txids: readonly Txid[]): void {
    for (const txid of txids) this.#wallet.mempoolRemoved(txid);
  }
}

function sharesInput(a: Transaction, b: Transaction): boolean {
  const keys = new Set(a.inputs.map(({ prevout }) => outPointKey(prevout)));
  return b.inputs.some(({ prevout }) => keys.has(outPointKey(prevout)));
}
