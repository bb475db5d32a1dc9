import type { ChainEntry, TipRecord } from "@forkyard/core/chain";
import type { BlockDelta, Coin } from "@forkyard/core/coins";
import { assert } from "@forkyard/core/errors";
import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { ChainBatch, ChainStore, StoredCoin } from "@forkyard/core/ports/chain-store";
import { type OutPoint, outPointKey } from "@forkyard/core/tx";
import type { SharedObjects } from "./shared-objects.ts";

interface StoredBlock {
  entry: ChainEntry;
  bytes: Uint8Array | undefined;
  undo: BlockDelta | undefined;
}

/** What is kept for a coin of the base that is no more. */
const SPENT = null;
const COMMITTED: Promise<void> = Promise.resolve();

/**
 * A chain store that keeps objects as they are and commits at once: for worlds in which no disk fails. Stores that
 * begin alike stand on one base, which none of them changes.
 */
export class SimChainStore implements ChainStore {
  readonly #shared: SharedObjects;
  readonly #base: SimChainStore | undefined;
  readonly #blocks = new Map<BlockHash, StoredBlock>();
  readonly #coins = new Map<string, Coin | typeof SPENT>();
  #tip: TipRecord | undefined;
  #prunedHeight = 0;

  /** @param base a store that changes no more */
  constructor(shared: SharedObjects, base?: SimChainStore) {
    this.#shared = shared;
    this.#base = base;
    this.#tip = base?.tip();
  }

  coin(outPoint: OutPoint): Coin | undefined {
    return this.#coinOf(outPointKey(outPoint));
  }

  tip(): TipRecord | undefined {
    return this.#tip;
  }

  prunedHeight(): number {
    return this.#prunedHeight;
  }

  blockBytes(hash: BlockHash): Uint8Array | undefined {
    return this.#block(hash)?.bytes;
  }

  undo(hash: BlockHash): BlockDelta | undefined {
    return this.#block(hash)?.undo;
  }

  /** The same as {@link entries}, at once. */
  *entryList(): Generator<ChainEntry> {
    if (this.#base !== undefined) {
      for (const entry of this.#base.entryList()) yield this.#blocks.get(entry.hash)?.entry ?? entry;
    }
    for (const { entry } of this.#blocks.values()) {
      if (this.#base?.has(entry.hash) !== true) yield entry;
    }
  }

  /** The same as {@link coins}, at once. */
  *coinList(): Generator<StoredCoin> {
    if (this.#base !== undefined) {
      for (const stored of this.#base.coinList()) {
        if (!this.#coins.has(outPointKey(stored.outPoint))) yield stored;
      }
    }
    for (const [key, coin] of this.#coins) if (coin !== SPENT) yield { outPoint: outPointOf(key), coin };
  }

  has(hash: BlockHash): boolean {
    return this.#block(hash) !== undefined;
  }

  async *entries(): AsyncGenerator<ChainEntry> {
    yield* this.entryList();
  }

  async *coins(): AsyncGenerator<StoredCoin> {
    yield* this.coinList();
  }

  batch(): ChainBatch {
    return new SimBatch(this.#shared);
  }

  commit(batch: ChainBatch): Promise<void> {
    assert(batch instanceof SimBatch, "a batch of another kind of store");
    for (const entry of batch.entries) this.#own(entry.hash, entry).entry = entry;
    for (const [hash, bytes] of batch.bodies) this.#known(hash).bytes = bytes;
    for (const [hash, delta] of batch.undos) this.#known(hash).undo = delta;
    for (const [key, coin] of batch.coins) this.#setCoin(key, coin);
    this.#tip = batch.tip ?? this.#tip;
    this.#prunedHeight = batch.prunedHeight ?? this.#prunedHeight;
    return COMMITTED;
  }

  async close(): Promise<void> {}

  #block(hash: BlockHash): StoredBlock | undefined {
    return this.#blocks.get(hash) ?? (this.#base === undefined ? undefined : this.#base.#block(hash));
  }

  #coinOf(key: string): Coin | undefined {
    const own = this.#coins.get(key);
    if (own !== undefined) return own === SPENT ? undefined : own;
    return this.#base === undefined ? undefined : this.#base.#coinOf(key);
  }

  #setCoin(key: string, coin: Coin | typeof SPENT): void {
    const inBase = this.#base === undefined ? undefined : this.#base.#coinOf(key);
    if (coin === inBase) this.#coins.delete(key);
    else if (coin === SPENT && inBase === undefined) this.#coins.delete(key);
    else this.#coins.set(key, coin);
  }

  #known(hash: BlockHash): StoredBlock {
    const known = this.#block(hash);
    assert(known !== undefined, `block ${hash} is stored without its entry`);
    return this.#own(hash, known.entry);
  }

  /** The block's record in this very store, copied from the base when it is only there. */
  #own(hash: BlockHash, entry: ChainEntry): StoredBlock {
    const own = this.#blocks.get(hash);
    if (own !== undefined) return own;
    const inBase = this.#base === undefined ? undefined : this.#base.#block(hash);
    const block: StoredBlock = { entry, bytes: inBase?.bytes, undo: inBase?.undo };
    this.#blocks.set(hash, block);
    return block;
  }
}

/** Changes as they are. For each key the last one counts. */
class SimBatch implements ChainBatch {
  readonly entries: ChainEntry[] = [];
  readonly bodies: [BlockHash, Uint8Array | undefined][] = [];
  readonly undos: [BlockHash, BlockDelta | undefined][] = [];
  readonly coins: [string, Coin | typeof SPENT][] = [];
  tip: TipRecord | undefined;
  prunedHeight: number | undefined;
  readonly #shared: SharedObjects;

  constructor(shared: SharedObjects) {
    this.#shared = shared;
  }

  putEntry(entry: ChainEntry): void {
    this.entries.push(entry);
  }

  putBlock(hash: BlockHash, bytes: Uint8Array): void {
    this.bodies.push([hash, bytes]);
  }

  putUndo(hash: BlockHash, delta: BlockDelta): void {
    this.undos.push([hash, this.#shared.delta(hash, delta)]);
  }

  deleteBlock(hash: BlockHash): void {
    this.bodies.push([hash, undefined]);
    this.undos.push([hash, undefined]);
  }

  putCoin(outPoint: OutPoint, coin: Coin): void {
    const key = this.#shared.key(outPoint);
    this.coins.push([key, this.#shared.coin(key, coin)]);
  }

  deleteCoin(outPoint: OutPoint): void {
    this.coins.push([this.#shared.key(outPoint), SPENT]);
  }

  putTip(tip: TipRecord): void {
    this.tip = tip;
  }

  putPrunedHeight(height: number): void {
    this.prunedHeight = height;
  }
}

function outPointOf(key: string): OutPoint {
  const [txid = "", vout = ""] = key.split(":");
  return { txid: txid as Txid, vout: Number(vout) };
}
