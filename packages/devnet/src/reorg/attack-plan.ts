import type { RemoteNode } from "../remote/remote-node.ts";
import type { RunningDevnet } from "../remote/running-devnet.ts";
import { branchTransactions, type RemovedBlock, type TransactionsMode } from "./branch-transactions.ts";
import { chooseVictim, type Payment } from "./choose-victim.ts";
import { requireDepth } from "./parse-depth.ts";
import { paymentsBetweenWallets } from "./payments.ts";

/** A payment that the branch replaces, and the transaction that pays its coins back to the payer. */
export interface DoubleSpend extends Payment {
  readonly replacedBy: string;
}

/** What the attacker is going to mine, worked out from the chain as it is now. */
export interface AttackPlan {
  readonly forkPoint: { readonly height: number; readonly hash: string };
  /** The public tip that the plan was made for. */
  readonly tip: string;
  /** Blocks to be taken back, oldest first. */
  readonly blocks: readonly RemovedBlock[];
  /** Serialized, for the branch, in order. */
  readonly transactions: readonly string[];
  readonly doubleSpend?: DoubleSpend;
}

/**
 * Plans a branch from `depth` blocks below the tip. undefined: `mode` is replace, and the oldest of those blocks, the one
 * that makes a payment `depth` deep, holds none that could be replaced.
 * @throws InputError when the chain is not that long
 */
export async function planAttack(
  devnet: RunningDevnet,
  attacker: RemoteNode,
  depth: number,
  mode: TransactionsMode,
): Promise<AttackPlan | undefined> {
  const { height, tip } = await attacker.status();
  requireDepth(depth, height);
  const blocks = await attacker.blocksAbove(height - depth, tip);
  const forkPoint = { height: height - depth, hash: await attacker.blockHash(height - depth) };
  const plan = { forkPoint, tip, blocks };
  if (mode !== "replace") return { ...plan, transactions: branchTransactions(mode, blocks) };

  const victim = chooseVictim(blocks.slice(0, 1), await paymentsBetweenWallets(devnet));
  if (victim === undefined) return undefined;
  const conflict = await devnet.walletHost(victim.payer).doubleSpend(victim.payer, victim.txid);
  const transactions = branchTransactions(mode, blocks, { txid: victim.txid, byHex: conflict.hex });
  return { ...plan, transactions, doubleSpend: { ...victim, replacedBy: conflict.txid } };
}
