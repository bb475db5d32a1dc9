import { assert } from "@forkyard/core/errors";
import { PERMITTED, type ReorgGuard, refused } from "./reorg-guard.ts";

/**
 * Takes back at most `maxDepth` blocks, whatever the other branch weighs: Bitcoin Cash since Bitcoin ABC 0.18.5 (10
 * blocks), Firo after its attack of January 2021 (5). Ends a withheld branch that is longer than that.
 *
 * Cost: two halves of a network cut apart for more than `maxDepth` blocks never come together again without an operator
 * (liveness of agreement is given up for safety), and whoever publishes a branch of just that length at the right
 * moment causes such a split on purpose. A new node has seen nothing and follows most work: it may be led elsewhere.
 */
export function finalityDepthGuard(maxDepth: number): ReorgGuard {
  assert(Number.isSafeInteger(maxDepth) && maxDepth >= 1, "a finality depth is a whole number from 1");
  return {
    name: "finality-depth",
    permits: ({ disconnect }) =>
      disconnect.length <= maxDepth
        ? PERMITTED
        : refused(`would take back ${disconnect.length} blocks; final from ${maxDepth} deep`),
  };
}
