import type { BlockHash } from "@forkyard/core/hash";
import type { ChainBatch } from "@forkyard/core/ports/chain-store";
import type { BlockVerdict } from "./block-verdict.ts";

/** A block that is stored and whose fate is not known yet. */
export interface UndecidedBlock {
  readonly hash: BlockHash;
  readonly answer: (verdict: BlockVerdict) => void;
}

/** Changes on their way to the store. */
export interface Staging {
  batch: ChainBatch;
  /** Whether there is anything in the batch. */
  dirty: boolean;
}
