import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import type { Coin } from "@forkyard/core/coins";

/** What a block has done to the money, added up from its chain's beginning. */
export interface Accounts {
  /** Coins after the block, by `txid:vout`. */
  readonly coins: ReadonlyMap<string, Coin>;
  /** Satoshis that all coinbases up to here have made; fees, which they only pass on, left out. */
  readonly claimed: bigint;
  /** Satoshis in outputs that nobody can ever spend. */
  readonly burnt: bigint;
}

/** A block whose ancestors are all known, and the reference's verdict on it. */
export type ReferenceBlock = ValidBlock | InvalidBlock;

export interface ValidBlock extends Accounts {
  readonly valid: true;
  readonly block: Block;
  readonly entry: ChainEntry;
  /** Undefined for genesis. */
  readonly parent: ValidBlock | undefined;
  /** Expected hashes of it and its ancestors. */
  readonly work: bigint;
}

export interface InvalidBlock {
  readonly valid: false;
  readonly why: string;
}
