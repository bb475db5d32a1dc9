import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";

/**
 * How far a block has come, told by its type. Only the functions of this folder mint the brands: `checkBlock` makes a
 * CheckedBlock, `acceptBlock` an AcceptedBlock, and only that one can be connected.
 */
declare const stage: unique symbol;

/** Valid in itself: nothing about it depends on the chain. */
export type CheckedBlock = Block & { readonly [stage]: "checked" };

/** Valid as the child of its parent, as far as that can be told without coins. */
export interface AcceptedBlock {
  readonly block: CheckedBlock;
  readonly entry: ChainEntry;
  readonly [stage]: "accepted";
}
