import type { BlockHash } from "@forkyard/core/hash";
import type { WorldEvent } from "../world/event.ts";
import type { NodeName } from "../world/world.ts";
import type { BlockTree } from "./block-tree.ts";

/** From `fromMs` on, a node's tip was this block. */
export interface TipSpan {
  readonly fromMs: number;
  readonly hash: BlockHash;
  readonly height: number;
  /** Whether the tip lies on the chain that won. */
  readonly won: boolean;
  /** Blocks taken back to get there; 0: none. */
  readonly reorgDepth: number;
}

/** The tips of each node in the order of time; of blocks that came at the same moment only the last. */
export function tipHistory(events: readonly WorldEvent[], tree: BlockTree): ReadonlyMap<NodeName, readonly TipSpan[]> {
  const histories = new Map<NodeName, TipSpan[]>();
  const depths = new Map<NodeName, number>();
  for (const event of events) {
    if (event.type === "reorg") depths.set(event.node, event.depth);
    if (event.type !== "block") continue;
    const { node, hash, height, atMs } = event;
    const history = histories.get(node) ?? [];
    histories.set(node, history);
    const last = history.at(-1);
    const sameMoment = last !== undefined && last.fromMs === atMs;
    const reorgDepth = Math.max(depths.get(node) ?? 0, sameMoment ? last.reorgDepth : 0);
    depths.delete(node);
    if (sameMoment) history.pop();
    history.push({ fromMs: atMs, hash, height, won: tree.blocks.get(hash)?.won ?? false, reorgDepth });
  }
  return histories;
}
