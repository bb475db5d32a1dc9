import { assert } from "@forkyard/core/errors";
import { branchWork } from "./branch-work.ts";
import { PERMITTED, type ReorgGuard, refused } from "./reorg-guard.ts";

export interface LateBlockPenalty {
  /** Blocks that a branch must have more for each millisecond that it was late: 1 over the block interval is one a block. */
  readonly blocksPerLateMs: number;
  /** Milliseconds of lateness that cost nothing: the time a block takes through the network. */
  readonly graceMs: number;
}

/**
 * A branch must be ahead by more blocks the later its first block was shown, held against the arrival of the first
 * block of the node's own branch: the idea of Horizen's penalty (see delay-function.ts) on a clock in place of heights.
 * The lead is counted in work, in units of the mean block that would be taken back.
 *
 * Cost: after a partition longer than the grace the longer side does not win until it has made up the penalty too. A
 * node without arrival times (new, restarted) lets everything pass; nodes on other clocks or links differ at the border.
 */
export function lateBlockPenaltyGuard({ blocksPerLateMs, graceMs }: LateBlockPenalty): ReorgGuard {
  assert(Number.isFinite(blocksPerLateMs) && blocksPerLateMs >= 0, "a penalty is a number of blocks from 0");
  assert(Number.isFinite(graceMs) && graceMs >= 0, "the time of grace is a number of milliseconds from 0");
  return {
    name: "late-block-penalty",
    permits: (plan, context) => {
      const [ours, theirs] = [plan.disconnect.at(-1), plan.connect[0]];
      if (ours === undefined || theirs === undefined) return PERMITTED;
      const shownMs = context.firstSeenMs(theirs.hash) ?? context.nowMs;
      const lateMs = shownMs - (context.firstSeenMs(ours.hash) ?? shownMs) - graceMs;
      const penaltyBlocks = Math.ceil(Math.max(0, lateMs) * blocksPerLateMs);
      if (penaltyBlocks === 0) return PERMITTED;
      const { gained, lost } = branchWork(plan);
      if ((gained - lost) * BigInt(plan.disconnect.length) > BigInt(penaltyBlocks) * lost) return PERMITTED;
      return refused(`shown ${lateMs} ms late: must be more than ${penaltyBlocks} blocks ahead`);
    },
  };
}
