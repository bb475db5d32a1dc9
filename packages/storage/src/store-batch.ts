import type { ChainEntry, TipRecord } from "@forkyard/core/chain";
import type { BlockDelta, Coin } from "@forkyard/core/coins";
import { assert } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { ChainBatch } from "@forkyard/core/ports/chain-store";
import type { OutPoint } from "@forkyard/core/tx";
import { seal } from "./codec/checksum.ts";
import { encodeCoin } from "./codec/coin.ts";
import { encodeEntry } from "./codec/entry.ts";
import { encodeTip } from "./codec/tip.ts";
import { encodeUndo } from "./codec/undo.ts";
import type { WriteOperation } from "./engine/engine.ts";
import { keyString } from "./engine/key-string.ts";
import { blockKey, coinKey, entryKey, TIP_KEY, undoKey } from "./keys.ts";

/** Collects encoded changes; for each key only the last one counts. */
export class StoreBatch implements ChainBatch {
  readonly #operations = new Map<string, WriteOperation>();
  #taken = false;

  putEntry(entry: ChainEntry): void {
    this.#put(entryKey(entry), encodeEntry(entry));
  }

  putBlock(hash: BlockHash, bytes: Uint8Array): void {
    this.#put(blockKey(hash), bytes);
  }

  putUndo(hash: BlockHash, delta: BlockDelta): void {
    this.#put(undoKey(hash), encodeUndo(delta));
  }

  putCoin(outPoint: OutPoint, coin: Coin): void {
    this.#put(coinKey(outPoint), encodeCoin(coin));
  }

  deleteCoin(outPoint: OutPoint): void {
    this.#set({ kind: "delete", key: coinKey(outPoint) });
  }

  putTip(tip: TipRecord): void {
    this.#put(TIP_KEY, encodeTip(tip));
  }

  /** The operations, once: a batch is committed a single time. */
  take(): WriteOperation[] {
    assert(!this.#taken, "a batch is committed twice");
    this.#taken = true;
    return [...this.#operations.values()];
  }

  #put(key: Uint8Array, value: Uint8Array): void {
    this.#set({ kind: "put", key, value: seal(key, value) });
  }

  #set(operation: WriteOperation): void {
    assert(!this.#taken, "a batch is changed after its commit");
    this.#operations.set(keyString(operation.key), operation);
  }
}
