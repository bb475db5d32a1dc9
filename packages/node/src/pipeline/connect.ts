import type { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import { connectBlock } from "@forkyard/consensus/rules/connect-block";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import type { AcceptedBlock } from "@forkyard/consensus/rules/stages";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockDelta, CoinReader } from "@forkyard/core/coins";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Curve } from "@forkyard/core/ports/curve";

export interface ConnectContext {
  readonly params: NetworkParams;
  readonly tree: HeaderTree;
  readonly curve: Curve;
}

export interface ConnectResult {
  readonly delta: BlockDelta;
  /** Satoshis that the block's transactions leave to the miner. */
  readonly fees: bigint;
  /** Inputs whose scripts were run. */
  readonly inputsVerified: number;
}

/** Stage 3: amounts against coins, then every script. @throws RuleError */
export function connectStage(
  accepted: AcceptedBlock,
  parent: ChainEntry,
  coins: CoinReader,
  context: ConnectContext,
): ConnectResult {
  const { delta, fees, scriptChecks } = connectBlock(accepted, parent, coins, context.tree, context.params);
  for (const check of scriptChecks) verifyInput(check, context.curve);
  return { delta, fees, inputsVerified: scriptChecks.length };
}
