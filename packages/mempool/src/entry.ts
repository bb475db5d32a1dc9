import type { Txid } from "@forkyard/core/hash";
import type { Transaction } from "@forkyard/core/tx";

/** Sums over a transaction and all that it stands on, or all that stand on it, itself included. */
export interface PackageTotals {
  readonly count: number;
  readonly virtualBytes: number;
  /** Satoshis. */
  readonly fees: bigint;
}

/** A transaction that waits. The object lives with the mempool: totals and neighbours change as others come and go. */
export interface MempoolEntry {
  readonly tx: Transaction;
  readonly txid: Txid;
  /** Satoshis. */
  readonly fee: bigint;
  /** BIP141 virtual bytes, or more when it is dense in sigops: what fee rates are taken of. */
  readonly virtualBytes: number;
  readonly sigopCost: number;
  /** Estimated memory. */
  readonly usageBytes: number;
  /** When it came in, in milliseconds since 1970. */
  readonly timeMs: number;
  /** Height of the tip when it came in. */
  readonly height: number;
  readonly ancestors: PackageTotals;
  readonly descendants: PackageTotals;
  /** Waiting transactions that it spends from, and that spend from it. */
  readonly parents: ReadonlySet<MempoolEntry>;
  readonly children: ReadonlySet<MempoolEntry>;
}

/** What is known of a transaction before it becomes an entry. */
export type EntryFields = Pick<
  MempoolEntry,
  "tx" | "txid" | "fee" | "virtualBytes" | "sigopCost" | "usageBytes" | "timeMs" | "height"
>;
