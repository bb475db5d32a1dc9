import type { BlockHash } from "@forkyard/core/hash";
import type { NodeName } from "../world/world.ts";
import type { ChainViews } from "./chain-views.ts";

/**
 * How many different chains nodes are on: their tips, less those that lie on the chain of another. A node that has only not
 * heard of the last block yet is on the same chain.
 */
export function countForkHeads(nodes: readonly NodeName[], views: ChainViews): number {
  const tips = new Map<BlockHash, number>();
  for (const node of nodes) {
    const { hash, height } = views.tip(node);
    tips.set(hash, height);
  }
  if (tips.size < 2) return tips.size;
  const lowest = Math.min(...tips.values());
  const below = new Set<BlockHash>();
  for (const [tip, height] of tips) {
    let hash = views.parent(tip);
    for (let at = height - 1; at >= lowest && hash !== undefined; at--) {
      below.add(hash);
      hash = views.parent(hash);
    }
  }
  return [...tips.keys()].filter((tip) => !below.has(tip)).length;
}
