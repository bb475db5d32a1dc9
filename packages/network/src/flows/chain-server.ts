import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { BlockHeader } from "@forkyard/core/header";

/** What a node offers to its peers; the node implements it, synchronously. */
export interface ChainServer {
  /** The first of these hashes (newest first) that is on the active chain. */
  locatorFork(hashes: readonly BlockHash[]): BlockHash | undefined;
  /** Headers of the active chain after `hash`, oldest first; from the genesis block's child on when it is undefined. */
  headersAfter(hash: BlockHash | undefined, max: number): readonly BlockHeader[];
  /** Serialized block, of any branch; undefined when there is no body. */
  blockBytes(hash: BlockHash): Uint8Array | undefined;
  /** Serialized transaction of the mempool. */
  txBytes(txid: Txid): Uint8Array | undefined;
  /** At most `max` ids of the mempool, parents before children. */
  mempoolTxids(max: number): readonly Txid[];
}
