import { equalBytes } from "@forkyard/core/bytes/bytes";
import type { ChainEntry, TipRecord } from "@forkyard/core/chain";
import type { BlockDelta, Coin } from "@forkyard/core/coins";
import { assert } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { ChainBatch, ChainStore, StoredCoin } from "@forkyard/core/ports/chain-store";
import type { OutPoint } from "@forkyard/core/tx";
import { seal } from "./codec/checksum.ts";
import { decodeCoin } from "./codec/coin.ts";
import { decodeEntry } from "./codec/entry.ts";
import { decodePruned } from "./codec/pruned.ts";
import { decodeTip, type StoredTip } from "./codec/tip.ts";
import { decodeUndo } from "./codec/undo.ts";
import { CoinCache } from "./coin-cache.ts";
import { planFlush } from "./coin-flush.ts";
import { damageIn, openRecord } from "./damage.ts";
import type { Engine, KeyValue, WriteOperation } from "./engine/engine.ts";
import { StoreDamagedError } from "./errors.ts";
import { type CoinCacheOptions, FlushPolicy } from "./flush-policy.ts";
import {
  BLOCK_RANGE,
  blockKey,
  CLOSED_CLEANLY_KEY,
  COIN_RANGE,
  coinKey,
  ENTRY_RANGE,
  METADATA_KEY,
  PRUNED_KEY,
  parseBlockKey,
  parseCoinKey,
  TIP_KEY,
  undoKey,
  WHOLE_RANGE,
} from "./keys.ts";
import { PREFETCH_CHUNK_COINS } from "./limits.ts";
import { type BatchContent, StoreBatch } from "./store-batch.ts";
import { type InFlight, WriteBehind } from "./write-behind.ts";

type Decode<T> = (value: Uint8Array, key: Uint8Array) => T;

/** The tip and all coins as they were at one moment, whatever is committed meanwhile. */
export interface CoinSnapshot {
  readonly tip: TipRecord | undefined;
  readonly coins: AsyncIterable<StoredCoin>;
}

/** A coin as it is stored. */
export interface CoinRecord {
  readonly key: Uint8Array;
  /** What `key` holds, without its checksum. */
  readonly value: Uint8Array;
  readonly coin: Coin;
}

/** A stored block whose checksum fits. */
export interface BlockRecord {
  readonly hash: BlockHash;
  readonly bytes: Uint8Array;
}

export interface StoreState {
  /** False after a crash. */
  readonly closedCleanly: boolean;
  /** Key of the sum over all coins (coin-sum.ts). */
  readonly coinSumKey: Uint8Array;
  /** Blocks whose changes of coins were made up for on opening. */
  readonly replayedBlocks?: number;
  /** Never writes, not even the mark of a clean close. */
  readonly readOnly?: boolean;
  readonly coinCache?: CoinCacheOptions;
}

/** What the stored coins belong to and come to, and what of it is in memory only. */
interface Position {
  /** As of the last flush; undefined in a store that never had a tip. */
  readonly stored: StoredTip | undefined;
  readonly tip: TipRecord | undefined;
  /** Lowest block that both the tip and every tip since the last flush stand on: undo data above it may be needed. */
  readonly commonHeight: number;
}

/**
 * The chain over an engine. Bodies, undo data and index go to the disk with every batch, and so does the tip; coins stay
 * in a cache and are stored now and then, from where the next start brings them forward (roll-forward.ts). Every read throws {@link StoreDamagedError} when the record is not what was written. */
export class EngineChainStore implements ChainStore {
  /** False after a crash. */
  readonly closedCleanly: boolean;
  readonly coinSumKey: Uint8Array;
  /** Blocks whose changes of coins were made up for on opening. */
  readonly replayedBlocks: number;
  /** Where the chain is, for messages. */
  readonly location: string;
  readonly #records: WriteBehind;
  readonly #readOnly: boolean;
  readonly #cache: CoinCache;
  readonly #policy: FlushPolicy;
  /** Read from the tip record when first needed. */
  #position: Position | undefined;
  #closing = false;
  #damage: StoreDamagedError | undefined;
  #damaged: ((error: StoreDamagedError) => void) | undefined;

  constructor(engine: Engine, { closedCleanly, coinSumKey, replayedBlocks, readOnly, coinCache }: StoreState) {
    this.closedCleanly = closedCleanly;
    this.coinSumKey = coinSumKey;
    this.replayedBlocks = replayedBlocks ?? 0;
    this.#policy = new FlushPolicy(coinCache ?? {});
    this.#cache = new CoinCache(this.#policy.maxBytes, (outPoint) => this.#read(coinKey(outPoint), decodeCoin));
    this.location = engine.location;
    this.#records = new WriteBehind(engine);
    this.#readOnly = readOnly === true;
  }

  /** Calls back when a read finds a record damaged, besides throwing: whoever catches the error may not stop the node. */
  onDamage(damaged: (error: StoreDamagedError) => void): void {
    this.#damaged = damaged;
  }

  /** What is committed and not yet on disk. */
  get inFlight(): InFlight {
    return this.#records.inFlight;
  }

  coin(outPoint: OutPoint): Coin | undefined {
    return this.#cache.coin(outPoint);
  }

  tip(): TipRecord | undefined {
    return this.#at().tip;
  }

  /** Estimated memory of the cached coins. */
  get cachedBytes(): number {
    return this.#cache.bytes;
  }

  async prefetch(outPoints: readonly OutPoint[]): Promise<number> {
    const wanted = outPoints.filter((outPoint) => !this.#cache.has(outPoint));
    let found = 0;
    this.#cache.beginPrefetch();
    try {
      for (let at = 0; at < wanted.length; at += PREFETCH_CHUNK_COINS) {
        found += await this.#prefetchChunk(wanted.slice(at, at + PREFETCH_CHUNK_COINS));
      }
    } finally {
      this.#cache.endPrefetch();
    }
    return found;
  }

  prunedHeight(): number {
    return this.#read(PRUNED_KEY, decodePruned) ?? 0;
  }

  blockBytes(hash: BlockHash): Uint8Array | undefined {
    return this.#read(blockKey(hash), (value) => value);
  }

  undo(hash: BlockHash): BlockDelta | undefined {
    return this.#read(undoKey(hash), decodeUndo);
  }

  async *entries(): AsyncGenerator<ChainEntry> {
    const scan = await this.#records.between((engine) => this.#scan(engine.scan(ENTRY_RANGE), readEntry));
    yield* scan;
  }

  async *coins(): AsyncGenerator<StoredCoin> {
    const { coins } = await this.coinSnapshot();
    yield* coins;
  }

  async coinSnapshot(): Promise<CoinSnapshot> {
    return this.#flushedBetween((engine) => ({
      tip: this.#decode(TIP_KEY, engine.get(TIP_KEY), decodeTip)?.tip,
      coins: this.#scan(engine.scan(COIN_RANGE), readStoredCoin),
    }));
  }

  /** The same as it is stored, for an audit. */
  async coinRecords(): Promise<{ stored: StoredTip | undefined; records: AsyncIterable<CoinRecord> }> {
    return this.#flushedBetween((engine) => ({
      stored: this.#decode(TIP_KEY, engine.get(TIP_KEY), decodeTip),
      records: this.#scan(engine.scan(COIN_RANGE), readCoinRecord),
    }));
  }

  /** Every entry that can still be read; what cannot is told to `unreadable`. */
  async *readableEntries(unreadable: (error: StoreDamagedError) => void): AsyncGenerator<ChainEntry> {
    yield* await this.#records.between((engine) => this.#readable(engine.scan(ENTRY_RANGE), readEntry, unreadable));
  }

  /** Every block body that can still be read; what cannot is told to `unreadable`. */
  async *readableBlocks(unreadable: (error: StoreDamagedError) => void): AsyncGenerator<BlockRecord> {
    yield* await this.#records.between((engine) => this.#readable(engine.scan(BLOCK_RANGE), readBlock, unreadable));
  }

  /** Whether it was begun and nothing stored in it yet: a process that ends early leaves that behind. */
  async isBlank(): Promise<boolean> {
    try {
      for await (const [key] of await this.#records.between((engine) => engine.scan(WHOLE_RANGE))) {
        if (!equalBytes(key, METADATA_KEY) && !equalBytes(key, CLOSED_CLEANLY_KEY)) return false;
      }
      return true;
    } catch (error) {
      if (error instanceof StoreDamagedError) return false;
      throw error;
    }
  }

  batch(): ChainBatch {
    return new StoreBatch();
  }

  async commit(batch: ChainBatch): Promise<void> {
    assert(batch instanceof StoreBatch, "a batch of another store");
    assert(!this.#readOnly, "the store was opened to be read only");
    const content = batch.take();
    const batches: (readonly WriteOperation[])[] = [];
    // Undo data goes only when no start can need it to bring the coins forward.
    if (content.prunedHeight !== undefined && content.prunedHeight > this.#at().commonHeight) {
      batches.push(...this.#takeChanges());
    }
    const [first, ...more] = this.#apply(content) ? this.#takeChanges() : [];
    if (first === undefined) batches.push(content.operations);
    else if (more.length === 0) batches.push(content.operations.concat(first));
    else batches.push(content.operations, first, ...more);
    await Promise.all(batches.map((operations) => this.#records.commit(operations)));
  }

  /** Stores the coins; resolves when they and everything before them are on disk. */
  async flush(): Promise<void> {
    await this.#flushedBetween(() => undefined);
  }

  /** Resolves at once while the disk keeps up, else when it has caught up: wait for it in long runs of commits. */
  async ready(): Promise<void> {
    await this.#records.ready();
  }

  /** A store that was seen to be damaged is not marked as closed cleanly. */
  async close(): Promise<void> {
    const mark = seal(CLOSED_CLEANLY_KEY, new Uint8Array(0));
    const unmarked = this.#readOnly || this.#damage !== undefined;
    // A failure is told by the close, whose own write comes after.
    if (!this.#closing) for (const changes of this.#takeChanges()) this.#records.commit(changes).catch(() => {});
    this.#closing = true;
    await this.#records.close(unmarked ? [] : [{ kind: "put", key: CLOSED_CLEANLY_KEY, value: mark }]);
  }

  #at(): Position {
    if (this.#position === undefined) {
      const stored = this.#read(TIP_KEY, decodeTip);
      this.#position = { stored, tip: stored?.tip, commonHeight: stored?.tip.height ?? 0 };
    }
    return this.#position;
  }

  /** Makes what changes coins and tip visible. @returns whether the coins are to be stored now */
  #apply({ tip, coins, connectedBlocks }: BatchContent): boolean {
    if (tip === undefined) return false;
    const { stored, commonHeight } = this.#at();
    for (const { outPoint, coin, comes } of coins) {
      if (comes) this.#cache.put(outPoint, coin);
      else this.#cache.remove(outPoint, coin);
    }
    this.#position = { stored, tip, commonHeight: Math.min(commonHeight, tip.height - connectedBlocks) };
    return this.#policy.due(connectedBlocks, coins.length) || this.#cache.overfull || stored === undefined;
  }

  /** The batches that store the coins as they are now; whoever takes them commits them before anything else. */
  #takeChanges(): readonly (readonly WriteOperation[])[] {
    const { dirty } = this.#cache;
    if (this.#position === undefined) return [];
    const { stored, tip } = this.#position;
    if (tip === undefined || (dirty.size === 0 && tip === stored?.tip)) return [];
    const { coinSumKey } = this;
    const before = stored ?? { coinSum: 0n, flushSequence: 0 };
    const plan = planFlush({ dirty, tip, before, coinSumKey, maxBatchBytes: this.#policy.maxBatchBytes });
    this.#cache.flushed();
    this.#policy.flushed();
    this.#position = { stored: { tip, ...plan.totals }, tip, commonHeight: tip.height };
    return plan.batches;
  }

  /** Runs `job` on the engine when it holds the coins as they are at this call. */
  async #flushedBetween<T>(job: (engine: Engine) => T): Promise<T> {
    const written = this.#takeChanges().map((changes) => this.#records.commit(changes));
    const [result] = await Promise.all([this.#records.between(job), ...written]);
    return result;
  }

  async #prefetchChunk(outPoints: readonly OutPoint[]): Promise<number> {
    const keys = outPoints.map(coinKey);
    const values = await this.#records.getManyStored(keys);
    let found = 0;
    outPoints.forEach((outPoint, i) => {
      const coin = this.#decode(keys[i] as Uint8Array, values?.[i], decodeCoin);
      if (coin !== undefined && this.#cache.prefetched(outPoint, coin)) found += 1;
    });
    return found;
  }

  #read<T>(key: Uint8Array, decode: Decode<T>): T | undefined {
    let sealed: Uint8Array | undefined;
    try {
      sealed = this.#records.get(key);
    } catch (error) {
      throw this.#fault(error);
    }
    return this.#decode(key, sealed, decode);
  }

  /** Takes a running scan: an engine's snapshot is that of the call to `scan`, a generator would make it later. */
  async *#scan<T>(records: AsyncIterable<KeyValue>, decode: Decode<T>): AsyncGenerator<T> {
    try {
      for await (const [key, sealed] of records) yield this.#decode(key, sealed, decode) as T;
    } catch (error) {
      throw this.#fault(error);
    }
  }

  async *#readable<T>(
    records: AsyncIterable<KeyValue>,
    decode: Decode<T>,
    unreadable: (error: StoreDamagedError) => void,
  ): AsyncGenerator<T> {
    try {
      for await (const [key, sealed] of records) {
        try {
          yield openRecord(key, sealed, decode, this.location);
        } catch (error) {
          if (!(error instanceof StoreDamagedError)) throw error;
          unreadable(error);
        }
      }
    } catch (error) {
      // LevelDB gives up on a table: what is behind counts as lost.
      const fault = this.#fault(error);
      if (!(fault instanceof StoreDamagedError)) throw error;
      unreadable(fault);
    }
  }

  #decode<T>(key: Uint8Array, sealed: Uint8Array | undefined, decode: Decode<T>): T | undefined {
    if (sealed === undefined) return undefined;
    try {
      return openRecord(key, sealed, decode, this.location);
    } catch (cause) {
      throw this.#fault(cause);
    }
  }

  /** What to throw for an error of reading; damage is remembered and told. */
  #fault(error: unknown): unknown {
    const damage = damageIn(error, this.location);
    if (damage === undefined) return error;
    this.#damage = damage;
    this.#damaged?.(damage);
    return damage;
  }
}

function readCoinRecord(value: Uint8Array, key: Uint8Array): CoinRecord {
  return { key, value, coin: decodeCoin(value) };
}

function readBlock(value: Uint8Array, key: Uint8Array): BlockRecord {
  return { hash: parseBlockKey(key), bytes: value };
}

function readEntry(value: Uint8Array, key: Uint8Array): ChainEntry {
  return decodeEntry(key, value);
}

function readStoredCoin(value: Uint8Array, key: Uint8Array): StoredCoin {
  return { outPoint: parseCoinKey(key), coin: decodeCoin(value) };
}
