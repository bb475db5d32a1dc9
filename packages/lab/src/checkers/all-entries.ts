import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockHash } from "@forkyard/core/hash";
import type { NodeInside } from "./inspection.ts";

/** Every header that a node knows, genesis left out. */
export function* allEntries({ chain: { tree } }: NodeInside): Generator<ChainEntry> {
  const seen = new Set<BlockHash>();
  for (const leaf of tree.tips()) {
    for (let at = leaf; at.height > 0 && !seen.has(at.hash); at = tree.ancestor(at, at.height - 1)) {
      seen.add(at.hash);
      yield at;
    }
  }
}
