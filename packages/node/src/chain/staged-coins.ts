import type { BlockDelta, Coin, CoinReader } from "@forkyard/core/coins";
import type { ChainBatch } from "@forkyard/core/ports/chain-store";
import { type OutPoint, outPointKey } from "@forkyard/core/tx";

interface StagedCoin {
  readonly outPoint: OutPoint;
  /** As it is in the base; undefined: not there. */
  readonly before: Coin | undefined;
  /** As it will be; undefined: spent. */
  readonly after: Coin | undefined;
}

/**
 * The coins as they will be once a plan has been carried out: changes over a base that stays as it is until the whole
 * plan is known to hold. Also keeps what the changes add up to. A coin made and spent within the plan leaves no trace.
 */
export class StagedCoins implements CoinReader {
  readonly #base: CoinReader;
  readonly #changes = new Map<string, StagedCoin>();
  #countChange = 0;
  #totalChange = 0n;

  constructor(base: CoinReader) {
    this.#base = base;
  }

  get countChange(): number {
    return this.#countChange;
  }

  /** Satoshis. */
  get totalChange(): bigint {
    return this.#totalChange;
  }

  coin(outPoint: OutPoint): Coin | undefined {
    const staged = this.#changes.get(outPointKey(outPoint));
    return staged === undefined ? this.#base.coin(outPoint) : staged.after;
  }

  /** A block is connected: what it spends goes, what it creates comes. */
  connect(delta: BlockDelta): void {
    for (const { outPoint, coin } of delta.spent) this.#remove(outPoint, coin);
    for (const { outPoint, coin } of delta.created) this.#add(outPoint, coin);
  }

  /** A block is taken back: the reverse. */
  disconnect(delta: BlockDelta): void {
    for (const { outPoint, coin } of delta.created) this.#remove(outPoint, coin);
    for (const { outPoint, coin } of delta.spent) this.#add(outPoint, coin);
  }

  writeTo(batch: ChainBatch): void {
    for (const { outPoint, before, after } of this.#changes.values()) {
      if (before !== undefined) batch.deleteCoin(outPoint, before);
      if (after !== undefined) batch.putCoin(outPoint, after);
    }
  }

  /** A coin comes that is not there: unless it went within the plan, the base does not have it. */
  #add(outPoint: OutPoint, coin: Coin): void {
    const key = outPointKey(outPoint);
    this.#changes.set(key, { outPoint, before: this.#changes.get(key)?.before, after: coin });
    this.#countChange += 1;
    this.#totalChange += coin.output.value;
  }

  /** A coin goes that is there: unless it came within the plan, it is the base's. */
  #remove(outPoint: OutPoint, coin: Coin): void {
    const key = outPointKey(outPoint);
    const staged = this.#changes.get(key);
    const before = staged === undefined ? coin : staged.before;
    if (before === undefined) this.#changes.delete(key);
    else this.#changes.set(key, { outPoint, before, after: undefined });
    this.#countChange -= 1;
    this.#totalChange -= coin.output.value;
  }
}
