import type { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockHash } from "@forkyard/core/hash";
import type { ChainStore } from "@forkyard/core/ports/chain-store";
import { StoreDamagedError } from "@forkyard/storage/errors";
import type { BlockReader } from "./block-reader.ts";

/** The bodies of a store, held against what the index says of them. */
export class StoredBlocks {
  readonly #store: ChainStore;
  readonly #tree: HeaderTree;
  readonly #reader: BlockReader;
  readonly #failed: (error: unknown) => void;

  /** @param failed told when something is missing that should be there: the node then stops */
  constructor(store: ChainStore, tree: HeaderTree, reader: BlockReader, failed: (error: unknown) => void) {
    this.#store = store;
    this.#tree = tree;
    this.#reader = reader;
    this.#failed = failed;
  }

  /** A stored block; undefined when only its header is known. */
  block(hash: BlockHash): Block | undefined {
    const bytes = this.bytes(hash);
    return bytes === undefined ? undefined : this.#reader.decode(bytes);
  }

  /**
   * The same as it is stored; undefined also for a pruned one.
   * @throws StoreDamagedError when it should be there
   */
  bytes(hash: BlockHash): Uint8Array | undefined {
    const bytes = this.#store.blockBytes(hash);
    const entry = bytes === undefined ? this.#tree.get(hash) : undefined;
    const expected = entry?.status === "connected" || entry?.status === "body";
    if (expected && entry.height > this.#store.prunedHeight()) throw this.lost(entry, "body");
    return bytes;
  }

  /** The index says that something is stored and it is not: the disk lost it. */
  lost(entry: ChainEntry, what: string): StoreDamagedError {
    const error = new StoreDamagedError(
      `the ${what} of block ${entry.hash} at height ${entry.height} is missing: start the node with --reindex to build the chain anew from what is sound`,
    );
    this.#failed(error);
    return error;
  }
}
