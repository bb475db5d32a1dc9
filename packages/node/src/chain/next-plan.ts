import type { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import { type ReorgPlan, reorgPlan } from "@forkyard/consensus/fork-choice/reorg-plan";
import type { ChainEntry } from "@forkyard/core/chain";
import type { ChainParts } from "./chain-parts.ts";

/**
 * Where the active chain is to go next: to the most work among what is stored and permitted, and of the same work to what
 * was complete first, which differs from the tip when an operator takes back that it is invalid; undefined when it stays.
 * A tip that was found invalid is left whatever the others weigh, and no second opinion is asked.
 * @param maxBlocks to put on in one go; a reorganisation is one go however long
 */
export function nextPlan(
  tree: HeaderTree,
  tip: ChainEntry,
  maxBlocks: number,
  permits: ChainParts["permits"],
): ReorgPlan | undefined {
  const best = tree.bestCandidate();
  if (tree.get(tip.hash)?.status === "invalid") return reorgPlan(tree, tip, best);
  if (!tree.isBetter(best, tip)) return undefined;
  const toBest = reorgPlan(tree, tip, best);
  if (permits === undefined || permits(toBest)) return shorten(toBest, maxBlocks);
  for (const candidate of tree.candidatesAbove(tip.chainWork)) {
    const plan = reorgPlan(tree, tip, candidate);
    if (candidate !== best && permits(plan)) return shorten(plan, maxBlocks);
  }
  return undefined;
}

/** Only the first blocks of a plan that takes nothing back: each of them is a state that holds by itself. */
function shorten(plan: ReorgPlan, maxBlocks: number): ReorgPlan {
  if (plan.disconnect.length > 0 || plan.connect.length <= maxBlocks) return plan;
  return { ...plan, connect: plan.connect.slice(0, maxBlocks) };
}
