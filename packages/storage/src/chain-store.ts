import type { ChainEntry, TipRecord } from "@forkyard/core/chain";
import type { BlockDelta, Coin } from "@forkyard/core/coins";
import { assert } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { ChainBatch, ChainStore, StoredCoin } from "@forkyard/core/ports/chain-store";
import type { OutPoint } from "@forkyard/core/tx";
import { seal, unseal } from "./codec/checksum.ts";
import { decodeCoin } from "./codec/coin.ts";
import { decodeEntry } from "./codec/entry.ts";
import { decodeTip } from "./codec/tip.ts";
import { decodeUndo } from "./codec/undo.ts";
import type { Engine, KeyValue } from "./engine/engine.ts";
import { StoreDamagedError } from "./errors.ts";
import {
  blockKey,
  CLOSED_CLEANLY_KEY,
  COIN_RANGE,
  coinKey,
  describeKey,
  ENTRY_RANGE,
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

/** The chain over an engine. Every read throws {@link StoreDamagedError} when the record is not what was written. */
export class EngineChainStore implements ChainStore {
  /** False after a crash: the caller may want to audit the coins. */
  readonly closedCleanly: boolean;
  readonly #records: WriteBehind;
  readonly #location: string;

  constructor(engine: Engine, closedCleanly: boolean) {
    this.closedCleanly = closedCleanly;
    this.#records = new WriteBehind(engine);
    this.#location = engine.location;
  }

  /** What is committed and not yet on disk. */
  get inFlight(): InFlight {
    return this.#records.inFlight;
  }

  coin(outPoint: OutPoint): Coin | undefined {
    return this.#read(coinKey(outPoint), decodeCoin);
  }

  tip(): TipRecord | undefined {
    return this.#read(TIP_KEY, decodeTip);
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
      tip: this.#decode(TIP_KEY, engine.get(TIP_KEY), decodeTip),
      coins: this.#scan(engine.scan(COIN_RANGE), readStoredCoin),
    }));
  }

  batch(): ChainBatch {
    return new StoreBatch();
  }

  async commit(batch: ChainBatch): Promise<void> {
    assert(batch instanceof StoreBatch, "a batch of another store");
    await this.#records.commit(batch.take());
  }

  /** Resolves at once while the disk keeps up, else when it has caught up: wait for it in long runs of commits. */
  async ready(): Promise<void> {
    await this.#records.ready();
  }

  async close(): Promise<void> {
    const mark = seal(CLOSED_CLEANLY_KEY, new Uint8Array(0));
    await this.#records.close([{ kind: "put", key: CLOSED_CLEANLY_KEY, value: mark }]);
  }

  #read<T>(key: Uint8Array, decode: Decode<T>): T | undefined {
    return this.#decode(key, this.#records.get(key), decode);
  }

  /** Takes a running scan: an engine's snapshot is that of the call to `scan`, a generator would make it later. */
  async *#scan<T>(records: AsyncIterable<KeyValue>, decode: Decode<T>): AsyncGenerator<T> {
    for await (const [key, sealed] of records) yield this.#decode(key, sealed, decode) as T;
  }

  #decode<T>(key: Uint8Array, sealed: Uint8Array | undefined, decode: Decode<T>): T | undefined {
    if (sealed === undefined) return undefined;
    try {
      return decode(unseal(key, sealed), key);
    } catch (cause) {
      const message = `record ${describeKey(key)} in ${this.#location} is damaged: remove that folder and sync again`;
      throw new StoreDamagedError(message, { cause });
    }
  }
}

function readEntry(value: Uint8Array, key: Uint8Array): ChainEntry {
  return decodeEntry(key, value);
}

function readStoredCoin(value: Uint8Array, key: Uint8Array): StoredCoin {
  return { outPoint: parseCoinKey(key), coin: decodeCoin(value) };
}
