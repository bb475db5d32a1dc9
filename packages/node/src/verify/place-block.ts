import type { Ancestry } from "@forkyard/consensus/rules/ancestry";
import { workOfBits } from "@forkyard/consensus/rules/target";
import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockHash } from "@forkyard/core/hash";

/** What is known of the median times past below a block. */
export interface KnownMedianTimes {
  /** Of its parent; taken to be a second less than the block's own time when absent. */
  readonly parent?: number;
  readonly byHeight: ReadonlyMap<number, number>;
}

/** A block in a chain that is not there. */
export interface PlacedBlock {
  readonly entry: ChainEntry;
  readonly parent: ChainEntry;
  readonly ancestry: Ancestry;
}

/** Time of ancestors whose own is not known: long past, so that no lock fails for want of it. */
const LONG_AGO = 0;

/** Entries of the block and its parent, and ancestors made up so that the median times known come out. */
export function placeBlock(block: Block, height: number, known: KnownMedianTimes): PlacedBlock {
  const entryAt = (at: number, hash: BlockHash, time: number): ChainEntry => ({
    hash,
    header: { ...block.header, time },
    height: at,
    chainWork: workOfBits(block.header.bits),
    scheduleTime: 0,
    status: "header",
    sequence: 0,
  });
  const parent = entryAt(height - 1, block.header.prevHash, known.parent ?? block.header.time - 1);
  const ancestry: Ancestry = {
    ancestor(entry, at) {
      if (at === entry.height) return entry;
      // A median is walked from child to parent, so all of its eleven headers get the time of the first.
      if (at === entry.height - 1) return entryAt(at, `${at}` as BlockHash, entry.header.time);
      return entryAt(at, `${at}` as BlockHash, known.byHeight.get(at) ?? LONG_AGO);
    },
  };
  return { entry: entryAt(height, block.hash, block.header.time), parent, ancestry };
}
