import type { BlockDelta, Coin, CoinReader } from "@forkyard/core/coins";
import type { ChainBatch } from "@forkyard/core/ports/chain-store";
import { type OutPoint, outPointKey } from "@forkyard/core/tx";

interface StagedCoin {
  readonly outPoint: OutPoint;
  /** undefined: spent here. */
  readonly coin: Coin | undefined;
}

/**
 * The coins as they will be once a plan has been carried out: changes over a base that stays as it is until the whole
 * plan is known to hold. Also keeps what the changes add up to.
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
    return staged === undefined ? this.#base.coin(outPoint) : staged.coin;
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
    for (const { outPoint, coin } of this.#changes.values()) {
      if (coin === undefined) batch.deleteCoin(outPoint);
      else batch.putCoin(outPoint, coin);
    }
  }

  #add(outPoint: OutPoint, coin: Coin): void {
    this.#changes.set(outPointKey(outPoint), { outPoint, coin });
    this.#countChange += 1;
    this.#totalChange += coin.output.value;
  }

  #remove(outPoint: OutPoint, coin: Coin): void {
    this.#changes.set(outPointKey(outPoint), { outPoint, coin: undefined });
    this.#countChange -= 1;
    this.#totalChange -= coin.output.value;
  }
}
