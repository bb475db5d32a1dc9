/** A transaction of a block that is to be taken back. */
export interface RemovedTransaction {
  readonly txid: string;
  readonly hex: string;
  readonly coinbase: boolean;
  /** Ids of the transactions whose outputs it spends, with the output's number: "txid:vout". */
  readonly spends: readonly string[];
}

/** A block of the branch that is to lose. */
export interface RemovedBlock {
  readonly hash: string;
  readonly height: number;
  readonly txs: readonly RemovedTransaction[];
}

/** What becomes of the payments in the blocks that are taken back. */
export type TransactionsMode = "keep" | "drop" | "replace";

export const TRANSACTIONS_MODES: readonly TransactionsMode[] = ["keep", "drop", "replace"];

/** A transaction that is to be replaced, and the one that takes its coins. */
export interface Replacement {
  readonly txid: string;
  readonly byHex: string;
}

/**
 * The transactions, serialized, that the withheld branch is to contain, in order. keep: all that were in the removed
 * blocks and can be on the branch. drop: none. replace: as keep, but the conflicting transaction instead of the payment.
 * @param blocks oldest first
 */
export function branchTransactions(
  mode: TransactionsMode,
  blocks: readonly RemovedBlock[],
  replacement?: Replacement,
): readonly string[] {
  if (mode === "drop") return [];
  const lost = new Set(blocks.flatMap((block) => block.txs.filter((tx) => tx.coinbase).map((tx) => tx.txid)));
  const kept: string[] = [];
  for (const tx of blocks.flatMap((block) => block.txs)) {
    if (tx.coinbase) continue;
    if (tx.txid === replacement?.txid) {
      kept.push(replacement.byHex);
      lost.add(tx.txid);
    } else if (tx.spends.some((outPoint) => lost.has(txidOf(outPoint)))) {
      lost.add(tx.txid);
    } else {
      kept.push(tx.hex);
    }
  }
  return kept;
}

/** "txid:vout" → "txid". */
export function txidOf(outPoint: string): string {
  return outPoint.slice(0, outPoint.indexOf(":"));
}
