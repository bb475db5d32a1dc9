import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockDelta } from "@forkyard/core/coins";
import type { RuleError } from "@forkyard/core/errors";

/** A block that came onto or went off the active chain. */
export interface BlockChange {
  readonly entry: ChainEntry;
  readonly block: Block;
  /** What connecting it does to the coins; taking it back is the reverse. */
  readonly delta: BlockDelta;
}

/** A block that came onto it, with what connecting found out. */
export interface ConnectedChange extends BlockChange {
  /** Satoshis. */
  readonly fees: bigint;
  /** Inputs whose scripts passed, now or earlier. */
  readonly inputsVerified: number;
}

/** One step of the active chain: blocks taken back (newest first), then blocks put on (oldest first). */
export interface ChainChange {
  readonly fork: ChainEntry;
  readonly disconnected: readonly BlockChange[];
  readonly connected: readonly ConnectedChange[];
  /** The tip after the step. */
  readonly tip: ChainEntry;
}

/** Who wants to know what the chain does. Called synchronously, after the change is staged for the disk. */
export interface ChainListener {
  chainChanged(change: ChainChange): void;
  /** A valid block with a body that is not on the active chain. */
  sideBlock(entry: ChainEntry): void;
  /** A block that broke a rule only its inputs could show; its descendants are refused too. */
  blockInvalid(entry: ChainEntry, error: RuleError): void;
}
