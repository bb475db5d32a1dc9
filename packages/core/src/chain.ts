import type { BlockHash } from "./hash.ts";
import type { BlockHeader } from "./header.ts";

/**
 * How far a block has been checked; each state includes the ones before it.
 * `header`: only the header is known. `body`: the block is stored and passed all checks that need no coins.
 * `connected`: its scripts and amounts were verified too. `invalid`: it or an ancestor broke a rule.
 */
export type BlockStatus = "header" | "body" | "connected" | "invalid";

/** What the header tree knows of one block, and what the index table stores of it. */
export interface ChainEntry {
  readonly hash: BlockHash;
  readonly header: BlockHeader;
  readonly height: number;
  /** Work of this block and all its ancestors: expected number of hashes. */
  readonly chainWork: bigint;
  /**
   * Seconds that the chain has been running, pauses left out: the clock of the ASERT difficulty rule. 0 at genesis.
   * Derived from the header chain, kept here because it depends on all ancestors.
   */
  readonly scheduleTime: number;
  readonly status: BlockStatus;
  /** Arrival order of the body: among equal work the lowest wins (first seen). 0 until there is a body. */
  readonly sequence: number;
}

/** The block up to which the stored coins have been brought, and what they add up to. */
export interface TipRecord {
  readonly hash: BlockHash;
  readonly height: number;
  /** Number of coins. */
  readonly coinCount: number;
  /** Satoshis in all coins. */
  readonly coinTotal: bigint;
}
