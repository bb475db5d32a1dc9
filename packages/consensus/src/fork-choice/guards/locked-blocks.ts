import { PERMITTED, type ReorgGuard, refused } from "./reorg-guard.ts";

/**
 * A locked block is never taken back, and no other block is put on at its height. Two defences lock blocks:
 * - checkpoints, named in a release (Bitcoin 0.3.2 to 29; Vertcoin, Verge and Feathercoin after their attacks);
 * - ChainLocks (Dash DIP 8, 2019; Firo 2021): a quorum signs the first block that it sees at each height.
 *
 * Cost: whoever makes the releases, or holds the quorum's keys, decides which chain is the true one. A lock does not
 * make a node switch to a lighter branch that holds the locked block; it only keeps it from leaving it. Checkpoints
 * protect new nodes too; a chain lock does so only when it is asked for and verified.
 */
export function lockedBlocksGuard(name: "checkpoints" | "chainlocks"): ReorgGuard {
  return {
    name,
    permits: ({ disconnect, connect }, { locked }) => {
      if (locked.length === 0) return PERMITTED;
      const locks = new Map(locked.map(({ height, hash }) => [height, hash]));
      const taken = disconnect.find(({ height, hash }) => locks.get(height) === hash);
      if (taken !== undefined) return refused(`would take back the locked block at height ${taken.height}`);
      const other = connect.find(({ height, hash }) => (locks.get(height) ?? hash) !== hash);
      if (other !== undefined) return refused(`has another block than the locked one at height ${other.height}`);
      return PERMITTED;
    },
  };
}
