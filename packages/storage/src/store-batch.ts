import type { ChainEntry, TipRecord } from "@forkyard/core/chain";
import type { BlockDelta, Coin } from "@forkyard/core/coins";
import { assert } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { ChainBatch } from "@forkyard/core/ports/chain-store";
import type { OutPoint } from "@forkyard/core/tx";
import { seal } from "./codec/checksum.ts";
import { encodeEntry } from "./codec/entry.ts";
import { encodePruned } from "./codec/pruned.ts";
import { encodeTipRecord } from "./codec/tip.ts";
import { encodeUndo, undoBytes } from "./codec/undo.ts";
import type { WriteOperation } from "./engine/engine.ts";
import { keyString } from "./engine/key-string.ts";
import { blockKey, CHAIN_TIP_KEY, entryKey, PRUNED_KEY, undoKey } from "./keys.ts";

/** A coin that comes, or one that goes. */
export interface CoinStep {
  readonly outPoint: OutPoint;
  readonly coin: Coin;
  readonly comes: boolean;
}

/** What a batch holds. */
export interface BatchContent {
  /** Records to be written now; each key once. */
  readonly operations: WriteOperation[];
  /** Changes of coins, in their order: some may undo others. */
  readonly coins: readonly CoinStep[];
  /** The tip that the coins then belong to; undefined when it stays. */
  readonly tip: TipRecord | undefined;
  /** Blocks that the tip's branch gains. */
  readonly connectedBlocks: number;
  /** Undo data up to this height goes; undefined when none does. */
  readonly prunedHeight: number | undefined;
}

/** A record that is made when it is first read: mostly for the disk, after all who wait for an answer have theirs. */
class LateRecord {
  readonly kind = "put";
  readonly key: Uint8Array;
  readonly expectedBytes: number;
  readonly #encode: () => Uint8Array;
  #value: Uint8Array | undefined;

  constructor(key: Uint8Array, expectedBytes: number, encode: () => Uint8Array) {
    this.key = key;
    this.expectedBytes = expectedBytes;
    this.#encode = encode;
  }

  get value(): Uint8Array {
    this.#value ??= seal(this.key, this.#encode());
    return this.#value;
  }
}

/** Collects changes; for each key only the last one counts. */
export class StoreBatch implements ChainBatch {
  readonly #operations = new Map<string, WriteOperation>();
  readonly #coins: CoinStep[] = [];
  #connectedBlocks = 0;
  #tip: TipRecord | undefined;
  #prunedHeight: number | undefined;
  #taken = false;

  putEntry(entry: ChainEntry): void {
    this.#put(entryKey(entry), encodeEntry(entry));
  }

  putBlock(hash: BlockHash, bytes: Uint8Array): void {
    this.#set(new LateRecord(blockKey(hash), bytes.length, () => bytes));
  }

  putUndo(hash: BlockHash, delta: BlockDelta): void {
    this.#set(new LateRecord(undoKey(hash), undoBytes(delta), () => encodeUndo(delta)));
    this.#connectedBlocks += 1;
  }

  deleteBlock(hash: BlockHash): void {
    this.#set({ kind: "delete", key: blockKey(hash) });
    this.#set({ kind: "delete", key: undoKey(hash) });
  }

  putCoin(outPoint: OutPoint, coin: Coin): void {
    this.#checkOpen();
    this.#coins.push({ outPoint, coin, comes: true });
  }

  deleteCoin(outPoint: OutPoint, coin: Coin): void {
    this.#checkOpen();
    this.#coins.push({ outPoint, coin, comes: false });
  }

  putTip(tip: TipRecord): void {
    this.#put(CHAIN_TIP_KEY, encodeTipRecord(tip));
    this.#tip = tip;
  }

  putPrunedHeight(height: number): void {
    this.#put(PRUNED_KEY, encodePruned(height));
    this.#prunedHeight = height;
  }

  /** What is in it, once: a batch is committed a single time. */
  take(): BatchContent {
    assert(!this.#taken, "a batch is committed twice");
    assert(this.#coins.length === 0 || this.#tip !== undefined, "coins are changed without saying for which tip");
    this.#taken = true;
    return {
      operations: [...this.#operations.values()],
      coins: this.#coins,
      tip: this.#tip,
      connectedBlocks: this.#connectedBlocks,
      prunedHeight: this.#prunedHeight,
    };
  }

  #put(key: Uint8Array, value: Uint8Array): void {
    this.#set({ kind: "put", key, value: seal(key, value) });
  }

  #set(operation: WriteOperation): void {
    this.#checkOpen();
    this.#operations.set(keyString(operation.key), operation);
  }

  #checkOpen(): void {
    assert(!this.#taken, "a batch is changed after its commit");
  }
}
