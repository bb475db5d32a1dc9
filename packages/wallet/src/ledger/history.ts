import type { BlockHash, Txid } from "@forkyard/core/hash";
import { outPointKey, Transaction, type TxOutput } from "@forkyard/core/tx";
import { MAX_HISTORY_ENTRIES } from "../limits.ts";

/** Where a transaction is mined on the active chain. */
export interface BlockPosition {
  readonly hash: BlockHash;
  readonly height: number;
  /** Position in the block, 0 for the coinbase. */
  readonly index: number;
}

/** A transaction in the eyes of the wallet. */
export interface WalletTransaction {
  readonly tx: Transaction;
  /** When the wallet first saw it (the time of its block, when it saw it there first), milliseconds since 1970. */
  readonly timeMs: number;
  /** Absent while it is in no block of the active chain. */
  readonly block?: BlockPosition;
  readonly inMempool: boolean;
  /** Outputs of the coins it spends, by input; undefined for inputs that are not the wallet's. */
  readonly ownInputs: readonly (TxOutput | undefined)[];
  /** Other transactions of the history that spend one of its inputs. */
  readonly conflicts: readonly Txid[];
}

/** News of a transaction. */
export interface Sighting {
  readonly tx: Transaction;
  readonly timeMs: number;
  readonly ownInputs: readonly (TxOutput | undefined)[];
  readonly block?: BlockPosition;
  readonly inMempool: boolean;
}

type Entry = Omit<WalletTransaction, "conflicts">;

/**
 * Every transaction that touched the wallet, in the order in which it was first seen. Those taken back or replaced stay
 * in the list. At most {@link MAX_HISTORY_ENTRIES}: the oldest go first.
 */
export class History {
  readonly #entries = new Map<Txid, Entry>();
  /** Transactions of the list by the outpoints they spend. */
  readonly #spenders = new Map<string, readonly Txid[]>();

  record(sighting: Sighting): void {
    const { txid } = sighting.tx;
    const known = this.#entries.get(txid);
    if (known === undefined) {
      // A copy: the decoded one holds views that would pin the whole block it came in.
      this.#entries.set(txid, { ...sighting, tx: Transaction.fromBytes(sighting.tx.encode()) });
      this.#link(sighting.tx);
      this.#dropOldest();
      return;
    }
    const ownInputs = known.ownInputs.map((output, index) => output ?? sighting.ownInputs[index]);
    this.#entries.set(txid, { ...sighting, tx: known.tx, timeMs: known.timeMs, ownInputs });
  }

  /** The transaction's block was taken back. */
  unmined(txid: Txid): boolean {
    const entry = this.#entries.get(txid);
    if (entry?.block === undefined) return false;
    const { block: _, ...rest } = entry;
    this.#entries.set(txid, rest);
    return true;
  }

  leftMempool(txid: Txid): void {
    const entry = this.#entries.get(txid);
    if (entry !== undefined) this.#entries.set(txid, { ...entry, inMempool: false });
  }

  get(txid: Txid): WalletTransaction | undefined {
    const entry = this.#entries.get(txid);
    return entry === undefined ? undefined : this.#withConflicts(entry);
  }

  /** Oldest first. */
  list(): readonly WalletTransaction[] {
    return [...this.#entries.values()].map((entry) => this.#withConflicts(entry));
  }

  #withConflicts(entry: Entry): WalletTransaction {
    const rivals = entry.tx.inputs.flatMap(({ prevout }) => this.#spenders.get(outPointKey(prevout)) ?? []);
    return { ...entry, conflicts: [...new Set(rivals)].filter((txid) => txid !== entry.tx.txid) };
  }

  #link(tx: Transaction): void {
    if (tx.isCoinbase) return;
    for (const { prevout } of tx.inputs) {
      const key = outPointKey(prevout);
      this.#spenders.set(key, [...(this.#spenders.get(key) ?? []), tx.txid]);
    }
  }

  #unlink(tx: Transaction): void {
    for (const { prevout } of tx.inputs) {
      const key = outPointKey(prevout);
      const rest = (this.#spenders.get(key) ?? []).filter((txid) => txid !== tx.txid);
      if (rest.length === 0) this.#spenders.delete(key);
      else this.#spenders.set(key, rest);
    }
  }

  #dropOldest(): void {
    if (this.#entries.size <= MAX_HISTORY_ENTRIES) return;
    const [txid, entry] = this.#entries.entries().next().value as [Txid, Entry];
    this.#entries.delete(txid);
    this.#unlink(entry.tx);
  }
}
