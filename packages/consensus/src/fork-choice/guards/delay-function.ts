import { assert } from "@forkyard/core/errors";
import { ownHeightAt } from "./arrival-height.ts";
import { PERMITTED, type ReorgGuard, refused } from "./reorg-guard.ts";

/** Blocks behind the tip from which Horizen starts to count. */
export const HORIZEN_PENALTY_FROM_BLOCKS = 5;

/**
 * Horizen's delay function (A. Garoffolo, P. Stabilini, R. Viglione, U. Stav: A Penalty System for Delayed Block
 * Submission, 2018; in force on ZenCash since September 2018, after the attack of June): each block of a branch that
 * arrives n blocks below the node's tip adds n to the branch's delay, once one was `fromBlocks` behind; each block at or
 * above the tip takes one off. The branch is followed when nothing is left. A branch withheld for n blocks thus owes
 * about n (n + 1) / 2 more.
 *
 * Cost: the same as of every rule by arrival: after a long partition the sides stay apart for a time that grows with
 * the square of its length, and a node that is new or was offline cannot tell which branch was late.
 */
export function delayFunctionGuard(fromBlocks: number = HORIZEN_PENALTY_FROM_BLOCKS): ReorgGuard {
  assert(Number.isSafeInteger(fromBlocks) && fromBlocks >= 1, "delay counts from a whole number of blocks");
  return {
    name: "delay-function",
    permits: (plan, context) => {
      let delay = 0;
      for (const { hash, height } of plan.connect) {
        const shownMs = context.firstSeenMs(hash) ?? context.nowMs;
        const behind = ownHeightAt(plan, shownMs, context) - height;
        if (delay > 0) delay += Math.max(behind, -1);
        else if (behind >= fromBlocks) delay = behind;
      }
      return delay <= 0 ? PERMITTED : refused(`arrived late: owes ${delay} more blocks`);
    },
  };
}
