import type { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import type { ReorgPlan } from "@forkyard/consensus/fork-choice/reorg-plan";
import type { Block } from "@forkyard/core/block";
import type { ChainEntry, TipRecord } from "@forkyard/core/chain";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { ChainStore } from "@forkyard/core/ports/chain-store";
import type { Curve } from "@forkyard/core/ports/curve";
import type { ScriptRunner } from "../scripts/script-runner.ts";
import type { BlockReader } from "./block-reader.ts";
import type { ChainListener } from "./chain-events.ts";

export interface ChainParts {
  readonly params: NetworkParams;
  readonly store: ChainStore;
  readonly curve: Curve;
  /** Who runs the scripts of blocks; the calling thread when absent. */
  readonly scripts?: ScriptRunner;
  /** Who decodes blocks and checks them by themselves; the chain, every time anew, when absent. */
  readonly reader?: BlockReader;
  readonly listener: ChainListener;
  /** The disk refused a write: nothing may go on. */
  readonly storageFailed: (error: unknown) => void;
  /** A tightening of the rules that this node alone has (laboratory): checked before a block is connected. @throws RuleError */
  readonly extraRule?: (block: Block, height: number) => void;
  /** A second opinion on plans to a branch with more work (laboratory); asked again whenever there is a new block. */
  readonly permits?: (plan: ReorgPlan) => boolean;
}

/** Where a chain begins: what was loaded from its store (see load-chain.ts). */
export interface ChainStart {
  readonly tree: HeaderTree;
  readonly tip: ChainEntry;
  readonly tipRecord: TipRecord;
  /** Arrival number of the next body. */
  readonly nextSequence: number;
}
