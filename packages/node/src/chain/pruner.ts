import type { ChainStore } from "@forkyard/core/ports/chain-store";
import { PRUNE_BATCH_BLOCKS } from "../limits.ts";
import type { Chain } from "./chain.ts";

export interface PrunerParts {
  readonly chain: Chain;
  readonly store: ChainStore;
  /** Last blocks whose bodies and undo data stay. */
  readonly keepBlocks: number;
  /** The disk refused a write: nothing may go on. */
  readonly storageFailed: (error: unknown) => void;
}

/**
 * Deletes bodies and undo data of the active chain behind its last blocks. Each batch says how far it went and is
 * written after the batches of the blocks on top, so that at any moment everything above the recorded height is there.
 * Blocks of side branches stay: there are few, and they do not become more with time.
 */
export class Pruner {
  readonly #parts: PrunerParts;

  constructor(parts: PrunerParts) {
    this.#parts = parts;
  }

  /** Prunes what has come to be old enough. Told whenever the tip has changed. */
  prune(): void {
    const { chain, store, keepBlocks, storageFailed } = this.#parts;
    const last = chain.tip.height - keepBlocks;
    let done = store.prunedHeight();
    while (done < last) {
      const end = Math.min(last, done + PRUNE_BATCH_BLOCKS);
      const batch = store.batch();
      for (let height = done + 1; height <= end; height++) {
        const entry = chain.activeAt(height);
        if (entry !== undefined) batch.deleteBlock(entry.hash);
      }
      batch.putPrunedHeight(end);
      store.commit(batch).catch(storageFailed);
      done = end;
    }
  }
}
