import {
  DEFAULT_COIN_CACHE_BYTES,
  FLUSH_AFTER_BLOCKS,
  FLUSH_AFTER_MS,
  MAX_FLUSH_BATCH_BYTES,
  MAX_REPLAYED_CHANGES,
} from "./limits.ts";

/** How coins are kept in memory and when they are stored. Bodies, undo data and index are stored with every block. */
export interface CoinCacheOptions {
  /** Estimated memory for coins. */
  readonly maxBytes?: number;
  /** Store the coins with each block as well: slower, and nothing to be made up for at the next start. */
  readonly flushEachBlock?: boolean;
  readonly flushAfterBlocks?: number;
  readonly flushAfterMs?: number;
  /** Changes of coins, undone ones included, that the next start may have to repeat. */
  readonly flushAfterChanges?: number;
  /** More than this goes to the disk in several batches. */
  readonly maxBatchBytes?: number;
  /** Without it no time passes. */
  readonly monotonicMs?: () => number;
}

/** Says when the coins are to be stored, but for a full cache. */
export class FlushPolicy {
  readonly maxBytes: number;
  readonly maxBatchBytes: number;
  readonly #flushEachBlock: boolean;
  readonly #afterBlocks: number;
  readonly #afterMs: number;
  readonly #afterChanges: number;
  readonly #monotonicMs: () => number;
  #flushedAtMs: number;
  #blocks = 0;
  #changes = 0;

  constructor(options: CoinCacheOptions) {
    this.maxBytes = options.maxBytes ?? DEFAULT_COIN_CACHE_BYTES;
    this.maxBatchBytes = options.maxBatchBytes ?? MAX_FLUSH_BATCH_BYTES;
    this.#flushEachBlock = options.flushEachBlock ?? false;
    this.#afterBlocks = options.flushAfterBlocks ?? FLUSH_AFTER_BLOCKS;
    this.#afterMs = options.flushAfterMs ?? FLUSH_AFTER_MS;
    this.#afterChanges = options.flushAfterChanges ?? MAX_REPLAYED_CHANGES;
    this.#monotonicMs = options.monotonicMs ?? (() => 0);
    this.#flushedAtMs = this.#monotonicMs();
  }

  /** @returns whether it is time, now that so many blocks more are connected and coins changed */
  due(blocks: number, changes: number): boolean {
    this.#blocks += blocks;
    this.#changes += changes;
    return (
      this.#flushEachBlock ||
      this.#blocks >= this.#afterBlocks ||
      this.#changes >= this.#afterChanges ||
      this.#monotonicMs() - this.#flushedAtMs >= this.#afterMs
    );
  }

  flushed(): void {
    this.#flushedAtMs = this.#monotonicMs();
    this.#blocks = 0;
    this.#changes = 0;
  }
}
