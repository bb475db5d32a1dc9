import type { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import { connectBlock } from "@forkyard/consensus/rules/connect-block";
import type { AcceptedBlock } from "@forkyard/consensus/rules/stages";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockDelta, CoinReader } from "@forkyard/core/coins";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { byTransaction, type TransactionScripts } from "../scripts/script-runner.ts";

export interface ConnectContext {
  readonly params: NetworkParams;
  readonly tree: HeaderTree;
}

export interface ConnectResult {
  readonly delta: BlockDelta;
  /** Satoshis that the block's transactions leave to the miner. */
  readonly fees: bigint;
  /** What is still to be run: the block is valid only when all of it passes. */
  readonly scripts: readonly TransactionScripts[];
  /** Inputs that those scripts belong to. */
  readonly inputsVerified: number;
}

/** Stage 3: amounts against coins. @throws RuleError */
export function connectStage(
  accepted: AcceptedBlock,
  parent: ChainEntry,
  coins: CoinReader,
  { params, tree }: ConnectContext,
): ConnectResult {
  const { delta, fees, scriptChecks } = connectBlock(accepted, parent, coins, tree, params);
  return { delta, fees, scripts: byTransaction(scriptChecks), inputsVerified: scriptChecks.length };
}
