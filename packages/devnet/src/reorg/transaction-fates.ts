import type { RemovedBlock } from "./branch-transactions.ts";

/** What became of a payment whose block was taken back. `dropped`: neither on the new branch nor in any mempool. */
export type Fate = "mined" | "mempool" | "dropped" | "replaced";

export interface TransactionFate {
  readonly txid: string;
  readonly fate: Fate;
  readonly replacedBy?: string;
}

/** What is known after all nodes have switched. */
export interface FateEvidence {
  /** Ids of the payments in the blocks of the new branch. */
  readonly branchTxids: ReadonlySet<string>;
  /** Ids that are in the mempool of a node, or were and have been mined on top of the branch since. */
  readonly mempoolTxids: ReadonlySet<string>;
  /** Which transaction of the new branch spends which output ("txid:vout"). */
  readonly branchSpenders: ReadonlyMap<string, string>;
}

/** The fate of each payment in the removed blocks, in chain order; rewards are left out, they go with their blocks. */
export function transactionFates(blocks: readonly RemovedBlock[], evidence: FateEvidence): readonly TransactionFate[] {
  return blocks
    .flatMap((block) => block.txs)
    .filter((tx) => !tx.coinbase)
    .map(({ txid, spends }): TransactionFate => {
      if (evidence.branchTxids.has(txid)) return { txid, fate: "mined" };
      const replacedBy = spends.map((outPoint) => evidence.branchSpenders.get(outPoint)).find((by) => by !== undefined);
      if (replacedBy !== undefined) return { txid, fate: "replaced", replacedBy };
      return { txid, fate: evidence.mempoolTxids.has(txid) ? "mempool" : "dropped" };
    });
}
