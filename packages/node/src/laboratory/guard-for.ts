import { compositeGuard } from "@forkyard/consensus/fork-choice/guards/composite-guard";
import { delayFunctionGuard } from "@forkyard/consensus/fork-choice/guards/delay-function";
import { finalityDepthGuard } from "@forkyard/consensus/fork-choice/guards/finality-depth";
import { lateBlockPenaltyGuard } from "@forkyard/consensus/fork-choice/guards/late-block-penalty";
import { lockedBlocksGuard } from "@forkyard/consensus/fork-choice/guards/locked-blocks";
import { messGuard } from "@forkyard/consensus/fork-choice/guards/modified-exponential-scoring";
import type { ReorgGuard } from "@forkyard/consensus/fork-choice/guards/reorg-guard";
import { subjectiveScoringGuard } from "@forkyard/consensus/fork-choice/guards/subjective-scoring";
import type { Defence } from "./defence.ts";

/** The guard that a node's defences make together. */
export function guardFor(defences: readonly Defence[]): ReorgGuard {
  return compositeGuard(defences.map(guardOf));
}

function guardOf(defence: Defence): ReorgGuard {
  switch (defence.kind) {
    case "finality":
      return finalityDepthGuard(defence.maxDepth);
    case "checkpoints":
    case "chainlocks":
      return lockedBlocksGuard(defence.kind);
    case "late-block-penalty":
      return lateBlockPenaltyGuard(defence);
    case "subjective-scoring":
      return subjectiveScoringGuard(defence);
    case "delay-function":
      return delayFunctionGuard(defence.fromBlocks);
    case "mess":
      return messGuard();
  }
}
