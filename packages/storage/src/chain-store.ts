import type { ChainEntry, TipRecord } from "@forkyard/core/chain";
import type { BlockDelta, Coin } from "@forkyard/core/coins";
import { assert, DecodeError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { ChainBatch, ChainStore, StoredCoin } from "@forkyard/core/ports/chain-store";
import type { OutPoint } from "@forkyard/core/tx";
import { seal, unseal } from "./codec/checksum.ts";
import { decodeCoin } from "./codec/coin.ts";
import { decodeEntry } from "./codec/entry.ts";
import { decodePruned } from "./codec/pruned.ts";
import { type CoinTotals, decodeTip, type StoredTip } from "./codec/tip.ts";
import { decodeUndo } from "./codec/undo.ts";
import type { Engine, KeyValue } from "./engine/engine.ts";
import { StoreDamagedError } from "./errors.ts";
import {
  BLOCK_RANGE,
  blockKey,
  CLOSED_CLEANLY_KEY,
  COIN_RANGE,
  coinKey,
  describeKey,
  ENTRY_RANGE,
  PRUNED_KEY,
  parseBlockKey,
  parseCoinKey,
  TIP_KEY,
  undoKey,
} from "./keys.ts";
import { StoreBatch } from "./store-batch.ts";
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
  /** Never writes, not even the mark of a clean close. */
  readonly readOnly?: boolean;
}

/** An empty chain has come to nothing. */
const NO_TOTALS: CoinTotals = { coinSum: 0n, flushSequence: 0 };

/** The chain over an engine. Every read throws {@link StoreDamagedError} when the record is not what was written. */
export class EngineChainStore implements ChainStore {
  /** False after a crash. */
  readonly closedCleanly: boolean;
  readonly coinSumKey: Uint8Array;
  /** Where the chain is, for messages. */
  readonly location: string;
  readonly #records: WriteBehind;
  readonly #readOnly: boolean;
  /** As of the last commit; read from the tip record when first needed. */
  #totals: CoinTotals | undefined;
  #damage: StoreDamagedError | undefined;
  #damaged: ((error: StoreDamagedError) => void) | undefined;

  constructor(engine: Engine, { closedCleanly, coinSumKey, readOnly }: StoreState) {
    this.closedCleanly = closedCleanly;
    this.coinSumKey = coinSumKey;
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
    return this.#read(coinKey(outPoint), decodeCoin);
  }

  tip(): TipRecord | undefined {
    return this.#storedTip()?.tip;
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
    return this.#records.between((engine) => ({
      tip: this.#decode(TIP_KEY, engine.get(TIP_KEY), decodeTip)?.tip,
      coins: this.#scan(engine.scan(COIN_RANGE), readStoredCoin),
    }));
  }

  /** The same as it is stored, for an audit. */
  async coinRecords(): Promise<{ stored: StoredTip | undefined; records: AsyncIterable<CoinRecord> }> {
    return this.#records.between((engine) => ({
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

  batch(): ChainBatch {
    return new StoreBatch(this.coinSumKey);
  }

  async commit(batch: ChainBatch): Promise<void> {
    assert(batch instanceof StoreBatch, "a batch of another store");
    assert(!this.#readOnly, "the store was opened to be read only");
    if (batch.movesTip) this.#totals ??= this.#storedTip() ?? NO_TOTALS;
    const { operations, totals } = batch.take(this.#totals);
    this.#totals = totals ?? this.#totals;
    await this.#records.commit(operations);
  }

  /** Resolves at once while the disk keeps up, else when it has caught up: wait for it in long runs of commits. */
  async ready(): Promise<void> {
    await this.#records.ready();
  }

  /** A store that was seen to be damaged is not marked as closed cleanly. */
  async close(): Promise<void> {
    const mark = seal(CLOSED_CLEANLY_KEY, new Uint8Array(0));
    const unmarked = this.#readOnly || this.#damage !== undefined;
    await this.#records.close(unmarked ? [] : [{ kind: "put", key: CLOSED_CLEANLY_KEY, value: mark }]);
  }

  #storedTip(): StoredTip | undefined {
    return this.#read(TIP_KEY, decodeTip);
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
          yield decode(unseal(key, sealed), key);
        } catch (cause) {
          if (!(cause instanceof DecodeError)) throw cause;
          unreadable(this.#damageOf(key, cause));
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
      return decode(unseal(key, sealed), key);
    } catch (cause) {
      throw this.#fault(this.#damageOf(key, cause));
    }
  }

  #damageOf(key: Uint8Array, cause: unknown): StoreDamagedError {
    return new StoreDamagedError(
      `record ${describeKey(key)} in ${this.location} is damaged: start the node with --reindex to build the chain anew from what is sound`,
      { cause },
    );
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

/** LevelDB's own complaint about what it reads is damage too. */
function damageIn(error: unknown, location: string): StoreDamagedError | undefined {
  if (error instanceof StoreDamagedError) return error;
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  // A table that is missing or cut to nothing; other errors of reading say nothing about what is stored.
  const lostTable = error.code === "LEVEL_IO_ERROR" && /No such file|Invalid argument/.test(error.message);
  if (error.code !== "LEVEL_CORRUPTION" && !lostTable) return undefined;
  return new StoreDamagedError(
    `the database in ${location} is damaged (${error.message}): start the node with --reindex to build the chain anew from what is sound`,
    { cause: error },
  );
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
