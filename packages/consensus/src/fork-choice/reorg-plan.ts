import type { ChainEntry } from "@forkyard/core/chain";
import type { HeaderTree } from "./header-tree.ts";

/** The way from one tip to another. */
export interface ReorgPlan {
  /** The last block that both chains share; it stays. */
  readonly fork: ChainEntry;
  /** Blocks to take back, newest first. */
  readonly disconnect: readonly ChainEntry[];
  /** Blocks to put on, oldest first. */
  readonly connect: readonly ChainEntry[];
}

/** Which blocks to disconnect and connect to get from the chain ending in `from` to the one ending in `to`. */
export function reorgPlan(tree: HeaderTree, from: ChainEntry, to: ChainEntry): ReorgPlan {
  const fork = tree.forkPoint(from, to);
  return {
    fork,
    disconnect: branchAbove(tree, fork, from),
    connect: branchAbove(tree, fork, to).reverse(),
  };
}

/** Entries from `tip` down to the one above `fork`, newest first. */
function branchAbove(tree: HeaderTree, fork: ChainEntry, tip: ChainEntry): ChainEntry[] {
  const entries: ChainEntry[] = [];
  for (let entry = tip; entry.height > fork.height; entry = tree.ancestor(entry, entry.height - 1)) {
    entries.push(entry);
  }
  return entries;
}
