import type { Block } from "@forkyard/core/block";
import type { RuleError } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import { outPointKey, type Transaction } from "@forkyard/core/tx";

/** What a reorganisation did to a transaction of a block that was taken back. */
export interface TransactionFate {
  readonly txid: Txid;
  /**
   * mined: also in the new branch. mempool: waits again. replaced: the new branch spends one of its inputs.
   * dropped: can wait no more.
   */
  readonly fate: "mined" | "mempool" | "replaced" | "dropped";
  /** bitcoind's reject reason, for "dropped". */
  readonly reason?: string;
  /** For "replaced". */
  readonly replacedBy?: Txid;
}

/** What the new branch holds: its transactions, and who spends which output. */
export interface NewBranch {
  readonly txids: ReadonlySet<Txid>;
  readonly spenders: ReadonlyMap<string, Txid>;
}

export function newBranchOf(connected: readonly Block[]): NewBranch {
  const txids = new Set<Txid>();
  const spenders = new Map<string, Txid>();
  for (const tx of connected.flatMap((block) => block.txs)) {
    txids.add(tx.txid);
    if (tx.isCoinbase) continue;
    for (const { prevout } of tx.inputs) spenders.set(outPointKey(prevout), tx.txid);
  }
  return { txids, spenders };
}

/** Transactions of blocks taken back, in the order in which they had been mined. */
export function inChainOrder(disconnected: readonly Block[]): Transaction[] {
  return disconnected.toReversed().flatMap((block) => block.txs);
}

/** The transaction of the new branch that spends what `tx` spends. */
export function replacerOf(tx: Transaction, branch: NewBranch): Txid | undefined {
  for (const { prevout } of tx.inputs) {
    const spender = branch.spenders.get(outPointKey(prevout));
    if (spender !== undefined && spender !== tx.txid) return spender;
  }
  return undefined;
}

/** The fate of a transaction that is in neither the new branch nor the mempool. */
export function fateOfLost(tx: Transaction, branch: NewBranch, error: RuleError | undefined): TransactionFate {
  const replacedBy = tx.isCoinbase ? undefined : replacerOf(tx, branch);
  if (replacedBy !== undefined) return { txid: tx.txid, fate: "replaced", replacedBy };
  return { txid: tx.txid, fate: "dropped", reason: error?.code ?? "mempool full" };
}
