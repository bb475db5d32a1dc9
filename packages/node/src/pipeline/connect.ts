import type { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import { connectBlock } from "@forkyard/consensus/rules/connect-block";
import type { AcceptedBlock } from "@forkyard/consensus/rules/stages";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockDelta, CoinReader } from "@forkyard/core/coins";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { ScriptJob, ScriptRunner } from "../scripts/script-runner.ts";

export interface ConnectContext {
  readonly params: NetworkParams;
  readonly tree: HeaderTree;
  readonly scripts: ScriptRunner;
}

export interface ConnectResult {
  readonly delta: BlockDelta;
  /** Satoshis that the block's transactions leave to the miner. */
  readonly fees: bigint;
  /** To be finished or given up: the block is valid only when all its scripts pass. */
  readonly scripts: ScriptJob;
  /** Inputs that those scripts belong to. */
  readonly inputsVerified: number;
}

/** Stage 3: amounts against coins, while the scripts of the first transactions run already. @throws RuleError */
export function connectStage(
  accepted: AcceptedBlock,
  parent: ChainEntry,
  coins: CoinReader,
  { params, tree, scripts: runner }: ConnectContext,
): ConnectResult {
  const scripts = runner.open(accepted.block);
  let inputsVerified = 0;
  try {
    const { delta, fees } = connectBlock(accepted, parent, coins, tree, params, (transaction) => {
      inputsVerified += transaction.tx.inputs.length;
      scripts.add(transaction);
    });
    return { delta, fees, scripts, inputsVerified };
  } catch (error) {
    scripts.giveUp();
    throw error;
  }
}
