import type { ChainEntry } from "@forkyard/core/chain";

/** Finds the ancestors of a header. The header tree is one; a test may use an array. */
export interface Ancestry {
  /** The ancestor of `entry` (or itself) at `height`, which lies in 0..entry.height. */
  ancestor(entry: ChainEntry, height: number): ChainEntry;
}
