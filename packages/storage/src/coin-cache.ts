import type { Coin } from "@forkyard/core/coins";
import { OutPointMap } from "@forkyard/core/out-point-map";
import type { OutPoint } from "@forkyard/core/tx";
import { COIN_CACHE_ENTRY_BYTES } from "./limits.ts";

/** A coin that differs from what is stored. */
export interface DirtyCoin {
  /** As it is stored; undefined: not at all, so that spending it leaves nothing to be written (Bitcoin Core "FRESH"). */
  readonly stored: Coin | undefined;
  /** As it is now; undefined: spent. */
  readonly coin: Coin | undefined;
}

/** Coins that are not stored yet. */
export interface DirtyCoins extends Iterable<readonly [outPoint: OutPoint, change: DirtyCoin]> {
  readonly size: number;
}

/**
 * Decoded coins over the stored ones, and the changes that are not stored yet (Bitcoin Core's `CCoinsViewCache`). A coin
 * that is made and spent between two flushes leaves no trace. Coins that are as they are stored go first when room is
 * needed, the oldest of them first; changes stay until {@link flushed}.
 */
export class CoinCache {
  readonly #maxBytes: number;
  readonly #load: (outPoint: OutPoint) => Coin | undefined;
  readonly #dirty = new OutPointMap<DirtyCoin>();
  readonly #clean = new OutPointMap<Coin>();
  #dirtyBytes = 0;
  #cleanBytes = 0;
  /** Changed while a prefetch is under way, whose answer about them may be of before. */
  readonly #changedMeanwhile = new OutPointMap<true>();
  #prefetches = 0;

  /**
   * @param maxBytes estimated memory that the cache may take
   * @param load a coin as it is stored
   */
  constructor(maxBytes: number, load: (outPoint: OutPoint) => Coin | undefined) {
    this.#maxBytes = maxBytes;
    this.#load = load;
  }

  /** Estimated memory in use. */
  get bytes(): number {
    return this.#dirtyBytes + this.#cleanBytes;
  }

  /** What is not stored yet. */
  get dirty(): DirtyCoins {
    return this.#dirty;
  }

  /** Whether the changes alone take more than the cache may. */
  get overfull(): boolean {
    return this.#dirtyBytes > this.#maxBytes;
  }

  coin(outPoint: OutPoint): Coin | undefined {
    const changed = this.#dirty.get(outPoint);
    if (changed !== undefined) return changed.coin;
    const known = this.#clean.get(outPoint);
    if (known !== undefined) return known;
    const stored = this.#load(outPoint);
    return stored === undefined ? undefined : this.#remember(outPoint, stored);
  }

  has(outPoint: OutPoint): boolean {
    return this.#dirty.has(outPoint) || this.#clean.has(outPoint);
  }

  /** A coin comes that is not there. */
  put(outPoint: OutPoint, coin: Coin): void {
    this.#change(outPoint, undefined, ownCopy(coin));
  }

  /** A coin goes that is there. */
  remove(outPoint: OutPoint, coin: Coin): void {
    this.#change(outPoint, coin, undefined);
  }

  /** The changes are stored now, or on their way: what was changed is kept as it is stored. */
  flushed(): void {
    for (const [outPoint, { coin }] of this.#dirty) if (coin !== undefined) this.#addClean(outPoint, coin);
    this.#dirty.clear();
    this.#dirtyBytes = 0;
    this.#evict();
  }

  /** From here to {@link endPrefetch} stored coins are read that may have changed when they arrive. */
  beginPrefetch(): void {
    this.#prefetches += 1;
  }

  endPrefetch(): void {
    this.#prefetches -= 1;
    if (this.#prefetches === 0) this.#changedMeanwhile.clear();
  }

  /** Takes in a coin that was read as it was stored since {@link beginPrefetch}. @returns false when it may be outdated */
  prefetched(outPoint: OutPoint, coin: Coin): boolean {
    if (this.#changedMeanwhile.has(outPoint) || this.has(outPoint)) return false;
    this.#remember(outPoint, coin);
    return true;
  }

  #change(outPoint: OutPoint, before: Coin | undefined, after: Coin | undefined): void {
    if (this.#prefetches > 0) this.#changedMeanwhile.set(outPoint, true);
    const known = this.#dirty.get(outPoint);
    const stored = known === undefined ? before : known.stored;
    if (known !== undefined) this.#dirtyBytes -= dirtyBytes(known);
    else if (before !== undefined) this.#dropClean(outPoint);
    if (stored === undefined && after === undefined) {
      this.#dirty.delete(outPoint);
      return;
    }
    const changed: DirtyCoin = { stored, coin: after };
    this.#dirty.set(outPoint, changed);
    this.#dirtyBytes += dirtyBytes(changed);
    this.#evict();
  }

  #remember(outPoint: OutPoint, stored: Coin): Coin {
    const coin = ownCopy(stored);
    this.#addClean(outPoint, coin);
    this.#evict();
    return coin;
  }

  #addClean(outPoint: OutPoint, coin: Coin): void {
    this.#clean.set(outPoint, coin);
    this.#cleanBytes += coinBytes(coin);
  }

  #dropClean(outPoint: OutPoint): void {
    const coin = this.#clean.delete(outPoint);
    if (coin !== undefined) this.#cleanBytes -= coinBytes(coin);
  }

  #evict(): void {
    if (this.bytes <= this.#maxBytes) return;
    for (const [outPoint] of this.#clean) {
      this.#dropClean(outPoint);
      if (this.bytes <= this.#maxBytes) return;
    }
  }
}

/** A view would keep the whole block, or LevelDB's copy of the record, in memory. */
function ownCopy({ output, height, coinbase }: Coin): Coin {
  return { output: { value: output.value, scriptPubKey: output.scriptPubKey.slice() }, height, coinbase };
}

function dirtyBytes({ stored, coin }: DirtyCoin): number {
  return (stored === undefined ? 0 : coinBytes(stored)) + (coin === undefined ? 0 : coinBytes(coin));
}

function coinBytes(coin: Coin): number {
  return COIN_CACHE_ENTRY_BYTES + coin.output.scriptPubKey.length;
}
