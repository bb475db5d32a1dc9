import type { ChainEntry, TipRecord } from "../chain.ts";
import type { BlockDelta, Coin, CoinReader } from "../coins.ts";
import type { BlockHash } from "../hash.ts";
import type { OutPoint } from "../tx.ts";

/** One coin as a scan of the whole set yields it. */
export interface StoredCoin {
  readonly outPoint: OutPoint;
  readonly coin: Coin;
}

/**
 * Changes that take effect together or not at all. Later calls on the same key win, so the disconnects and connects of
 * a reorganisation go into one batch in order.
 */
export interface ChainBatch {
  putEntry(entry: ChainEntry): void;
  putBlock(hash: BlockHash, bytes: Uint8Array): void;
  putUndo(hash: BlockHash, delta: BlockDelta): void;
  /** Deletes a block's body and undo data; its entry stays. */
  deleteBlock(hash: BlockHash): void;
  putCoin(outPoint: OutPoint, coin: Coin): void;
  /** @param coin as it is before: the store keeps a sum over all coins and takes this one out of it */
  deleteCoin(outPoint: OutPoint, coin: Coin): void;
  /** Every batch that changes coins says what they then belong to. */
  putTip(tip: TipRecord): void;
  /** Says up to which height of the active chain bodies and undo data are deleted. */
  putPrunedHeight(height: number): void;
}

/**
 * The chain on disk. Reads are synchronous and see every committed batch at once, whether or not it has reached the
 * disk yet; `commit` resolves when it has. Coins may be kept in memory longer than that: what is on the disk is then
 * enough to work them out again, so that after any end the chain stands at the last tip whose `commit` resolved.
 */
export interface ChainStore extends CoinReader {
  /** All stored entries, parents before children. */
  entries(): AsyncIterable<ChainEntry>;
  coins(): AsyncIterable<StoredCoin>;
  tip(): TipRecord | undefined;
  /** Height of the last pruned block; 0 when nothing is pruned. */
  prunedHeight(): number;
  blockBytes(hash: BlockHash): Uint8Array | undefined;
  undo(hash: BlockHash): BlockDelta | undefined;
  batch(): ChainBatch;
  /**
   * Reads coins that will be asked for soon, such as those that a block's inputs name, all at once and off the calling
   * thread; from then on `coin` finds them in memory. Never needed, and need not be waited for: a coin that is asked for
   * earlier is read then. Ask for the inputs of a block when its body arrives, before its turn to be connected.
   * @returns how many were found that were not in memory
   * @throws (rejects) when the disk does or a record is damaged, as `coin` would
   */
  prefetch?(outPoints: readonly OutPoint[]): Promise<number>;
  /** Brings the coins to the disk too; resolves when they are there. Nothing is lost without. */
  flush?(): Promise<void>;
  /** Applies the batch atomically. Rejects when the disk does: the node must then stop. */
  commit(batch: ChainBatch): Promise<void>;
  /** Resolves when everything committed so far is on disk and the store is closed. */
  close(): Promise<void>;
}
