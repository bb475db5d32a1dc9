import type { ChainStore, StoredCoin } from "@forkyard/core/ports/chain-store";
import type { ChainStart } from "@forkyard/node/chain/chain";

/** A chain as a node finds it on its disk. */
export interface OpenedChain {
  readonly store: ChainStore;
  readonly start: ChainStart;
  readonly coins: Iterable<StoredCoin>;
}

/** What the crash did to the disk besides losing what was on its way to it. */
export type CrashKind = "keep" | "wipe" | "flip-bit";

/** Where a node keeps its chain while it does not run. */
export interface SimDisk {
  open(): OpenedChain | Promise<OpenedChain>;
  /** The node stops in good order. Opening waits for it. */
  close(): Promise<void> | undefined;
  /** The node has died. @returns why this kind of disk cannot fail that way; undefined when it did */
  crash(kind: CrashKind): string | undefined;
}
