import type { BlockDelta } from "@forkyard/core/coins";

/**
 * The change that takes a block back: what it created is spent, what it spent is created again. Applied as any delta is,
 * first `spent` out and then `created` in, it restores the coins exactly.
 * @param undo the block's own delta, as it was stored when it was connected
 */
export function disconnectDelta(undo: BlockDelta): BlockDelta {
  return { spent: undo.created, created: undo.spent };
}
