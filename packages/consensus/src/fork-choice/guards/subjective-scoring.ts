import { assert } from "@forkyard/core/errors";
import { MAX_SCORING_HALVING_BLOCKS } from "../../limits.ts";
import { ownHeightAt } from "./arrival-height.ts";
import { branchWork } from "./branch-work.ts";
import { PERMITTED, type ReorgGuard, refused } from "./reorg-guard.ts";

export interface SubjectiveScoring {
  /** Blocks of lateness that halve a branch's weight. Buterin's factor of 0.99 a block is 69. */
  readonly halvingBlocks: number;
  /** Blocks of lateness that cost nothing: ordinary races. */
  readonly graceBlocks: number;
}

/**
 * Exponential subjective scoring (V. Buterin, On Stake, Ethereum blog, July 2014; Proof of Stake: How I Learned to Love
 * Weak Subjectivity, November 2014): a branch weighs less the more blocks of the node's own chain it let go by before
 * its first block was shown. Withheld for k blocks beyond the grace, its work counts 2^-(k / halvingBlocks).
 *
 * Compared without rounding, as (gained / lost)^halvingBlocks > 2^k, so that no node decides otherwise for a digit.
 *
 * Cost: a partition of k blocks heals only once one side has 2^(k / halvingBlocks) times the work of the other since the fork.
 * A node that was offline or is new saw no arrival times: it gives no discount and must be told the tip by somebody.
 */
export function subjectiveScoringGuard({ halvingBlocks, graceBlocks }: SubjectiveScoring): ReorgGuard {
  assert(
    Number.isSafeInteger(halvingBlocks) && halvingBlocks >= 1 && halvingBlocks <= MAX_SCORING_HALVING_BLOCKS,
    "blocks to halve a branch's weight are a whole number within the limit",
  );
  assert(Number.isSafeInteger(graceBlocks) && graceBlocks >= 0, "blocks of grace are a whole number from 0");
  return {
    name: "subjective-scoring",
    permits: (plan, context) => {
      const first = plan.connect[0];
      if (first === undefined || plan.disconnect.length === 0) return PERMITTED;
      const shownMs = context.firstSeenMs(first.hash) ?? context.nowMs;
      const lateBlocks = ownHeightAt(plan, shownMs, context) - plan.fork.height - graceBlocks;
      if (lateBlocks <= 0) return PERMITTED;
      const { gained, lost } = branchWork(plan);
      const power = BigInt(halvingBlocks);
      if (gained ** power > (lost ** power) << BigInt(lateBlocks)) return PERMITTED;
      return refused(`shown ${lateBlocks} blocks late: its work counts half for every ${halvingBlocks} of them`);
    },
  };
}
