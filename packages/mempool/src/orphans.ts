import type { Txid } from "@forkyard/core/hash";
import { type OutPoint, outPointKey, type Transaction } from "@forkyard/core/tx";
import { MAX_ORPHAN_BYTES, MAX_ORPHAN_BYTES_PER_SENDER, MAX_ORPHANS, MAX_ORPHANS_PER_SENDER } from "./limits.ts";

/** A transaction whose parents have not come yet. */
export interface Orphan {
  readonly tx: Transaction;
  readonly sender: string;
}

/** What is kept of one sender, or of all. */
interface Load {
  count: number;
  bytes: number;
}

/**
 * Orphans, bounded for each sender and in all: whoever sends too many loses his own oldest; when all together are too
 * many, the sender with the most bytes does.
 */
export class OrphanPool {
  readonly #orphans = new Map<Txid, Orphan>();
  readonly #waitingFor = new Map<string, Set<Txid>>();
  readonly #loads = new Map<string, Load>();
  readonly #total: Load = { count: 0, bytes: 0 };

  get size(): number {
    return this.#orphans.size;
  }

  get bytes(): number {
    return this.#total.bytes;
  }

  has(txid: Txid): boolean {
    return this.#orphans.has(txid);
  }

  get(txid: Txid): Orphan | undefined {
    return this.#orphans.get(txid);
  }

  /** Keeps an orphan, at the price of older ones if need be. */
  add(tx: Transaction, sender: string): void {
    if (this.#orphans.has(tx.txid)) return;
    this.#orphans.set(tx.txid, { tx, sender });
    for (const { prevout } of tx.inputs) this.#index(outPointKey(prevout)).add(tx.txid);
    const load = this.#loads.get(sender) ?? { count: 0, bytes: 0 };
    this.#loads.set(sender, load);
    change(load, 1, tx.totalSize);
    change(this.#total, 1, tx.totalSize);
    while (load.count > MAX_ORPHANS_PER_SENDER || load.bytes > MAX_ORPHAN_BYTES_PER_SENDER) this.#dropOldestOf(sender);
    while (this.#total.count > MAX_ORPHANS || this.#total.bytes > MAX_ORPHAN_BYTES) {
      this.#dropOldestOf(this.#heaviestSender());
    }
  }

  /** Orphans that spend an output, oldest first. */
  spenders(outPoint: OutPoint): readonly Txid[] {
    // Mostly there are none at all, and every input of a block asks.
    if (this.#waitingFor.size === 0) return [];
    return [...(this.#waitingFor.get(outPointKey(outPoint)) ?? [])];
  }

  remove(txid: Txid): void {
    const orphan = this.#orphans.get(txid);
    if (orphan === undefined) return;
    this.#orphans.delete(txid);
    for (const { prevout } of orphan.tx.inputs) {
      const key = outPointKey(prevout);
      const waiting = this.#waitingFor.get(key);
      waiting?.delete(txid);
      if (waiting?.size === 0) this.#waitingFor.delete(key);
    }
    const load = this.#loads.get(orphan.sender) as Load;
    change(load, -1, -orphan.tx.totalSize);
    change(this.#total, -1, -orphan.tx.totalSize);
    if (load.count === 0) this.#loads.delete(orphan.sender);
  }

  /** A sender has left: nobody would answer for his orphans. */
  forgetSender(sender: string): void {
    for (const [txid, orphan] of this.#orphans) if (orphan.sender === sender) this.remove(txid);
  }

  #index(key: string): Set<Txid> {
    const waiting = this.#waitingFor.get(key) ?? new Set<Txid>();
    this.#waitingFor.set(key, waiting);
    return waiting;
  }

  #dropOldestOf(sender: string): void {
    for (const [txid, orphan] of this.#orphans) {
      if (orphan.sender !== sender) continue;
      this.remove(txid);
      return;
    }
  }

  /** Ties go to the one who came first: a Map keeps that order. */
  #heaviestSender(): string {
    let heaviest = "";
    let bytes = -1;
    for (const [sender, load] of this.#loads) {
      if (load.bytes <= bytes) continue;
      heaviest = sender;
      bytes = load.bytes;
    }
    return heaviest;
  }
}

function change(load: Load, count: number, bytes: number): void {
  load.count += count;
  load.bytes += bytes;
}
