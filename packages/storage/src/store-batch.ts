import type { ChainEntry, TipRecord } from "@forkyard/core/chain";
import type { BlockDelta, Coin } from "@forkyard/core/coins";
import { assert } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { ChainBatch } from "@forkyard/core/ports/chain-store";
import type { OutPoint } from "@forkyard/core/tx";
import { seal } from "./codec/checksum.ts";
import { encodeCoin } from "./codec/coin.ts";
import { encodeEntry } from "./codec/entry.ts";
import { encodePruned } from "./codec/pruned.ts";
import { type CoinTotals, encodeTip } from "./codec/tip.ts";
import { encodeUndo } from "./codec/undo.ts";
import { addSums, CoinSum } from "./coin-sum.ts";
import type { WriteOperation } from "./engine/engine.ts";
import { keyString } from "./engine/key-string.ts";
import { blockKey, coinKey, entryKey, PRUNED_KEY, TIP_KEY, undoKey } from "./keys.ts";

/** Collects encoded changes; for each key only the last one counts. */
export class StoreBatch implements ChainBatch {
  readonly #operations = new Map<string, WriteOperation>();
  readonly #coinSum: CoinSum;
  #coinsChanged = false;
  #tip: TipRecord | undefined;
  #taken = false;

  /** @param coinSumKey of the store */
  constructor(coinSumKey: Uint8Array) {
    this.#coinSum = new CoinSum(coinSumKey);
  }

  putEntry(entry: ChainEntry): void {
    this.#put(entryKey(entry), encodeEntry(entry));
  }

  putBlock(hash: BlockHash, bytes: Uint8Array): void {
    this.#put(blockKey(hash), bytes);
  }

  putUndo(hash: BlockHash, delta: BlockDelta): void {
    this.#put(undoKey(hash), encodeUndo(delta));
  }

  deleteBlock(hash: BlockHash): void {
    this.#set({ kind: "delete", key: blockKey(hash) });
    this.#set({ kind: "delete", key: undoKey(hash) });
  }

  putCoin(outPoint: OutPoint, coin: Coin): void {
    const key = coinKey(outPoint);
    const record = encodeCoin(coin);
    this.#put(key, record);
    this.#coinSum.add(key, record);
    this.#coinsChanged = true;
  }

  deleteCoin(outPoint: OutPoint, coin: Coin): void {
    const key = coinKey(outPoint);
    this.#set({ kind: "delete", key });
    this.#coinSum.subtract(key, encodeCoin(coin));
    this.#coinsChanged = true;
  }

  putTip(tip: TipRecord): void {
    this.#checkOpen();
    this.#tip = tip;
  }

  putPrunedHeight(height: number): void {
    this.#put(PRUNED_KEY, encodePruned(height));
  }

  /** Whether the tip moves: only then are the totals of before needed. */
  get movesTip(): boolean {
    return this.#tip !== undefined;
  }

  /**
   * The operations, once: a batch is committed a single time.
   * @param before what the store has come to; undefined only for a batch that does not move the tip
   */
  take(before: CoinTotals | undefined): { operations: WriteOperation[]; totals: CoinTotals | undefined } {
    assert(!this.#taken, "a batch is committed twice");
    assert(!this.#coinsChanged || this.#tip !== undefined, "coins are changed without saying for which tip");
    let totals: CoinTotals | undefined;
    if (this.#tip !== undefined && before !== undefined) {
      totals = {
        coinSum: addSums(before.coinSum, this.#coinSum.value()),
        flushSequence: before.flushSequence + 1,
      };
      this.#put(TIP_KEY, encodeTip({ tip: this.#tip, ...totals }));
    }
    this.#taken = true;
    return { operations: [...this.#operations.values()], totals };
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
