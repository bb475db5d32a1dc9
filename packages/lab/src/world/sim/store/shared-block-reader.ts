import type { CheckedBlock } from "@forkyard/consensus/rules/stages";
import type { Block } from "@forkyard/core/block";
import type { BlockReader } from "@forkyard/node/chain/block-reader";

/** Decodes and checks each block once for all nodes: what comes out depends on nothing but the bytes. */
export function sharedBlockReader(inner: BlockReader): BlockReader {
  const decoded = new WeakMap<Uint8Array, Block>();
  const checked = new WeakSet<Block>();
  return {
    decode(bytes) {
      const known = decoded.get(bytes);
      if (known !== undefined) return known;
      const block = inner.decode(bytes);
      decoded.set(bytes, block);
      return block;
    },
    /** A block that is refused is checked again by whoever gets it: that is rare. */
    check(block) {
      if (checked.has(block)) return block as CheckedBlock;
      const sound = inner.check(block);
      checked.add(block);
      return sound;
    },
  };
}
