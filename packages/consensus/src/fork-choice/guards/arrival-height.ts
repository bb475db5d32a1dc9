import type { ReorgPlan } from "../reorg-plan.ts";
import type { GuardContext } from "./reorg-guard.ts";

/**
 * Height of the node's own branch at a moment: the fork, and the blocks now to be taken back that it had seen by then.
 * A block whose arrival is not known counts as seen before everything, which is what a node that restarted must assume.
 */
export function ownHeightAt(plan: ReorgPlan, momentMs: number, context: GuardContext): number {
  const seen = plan.disconnect.filter(
    ({ hash }) => (context.firstSeenMs(hash) ?? Number.NEGATIVE_INFINITY) <= momentMs,
  );
  return plan.fork.height + seen.length;
}
