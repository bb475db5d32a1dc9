import type { BlockDelta, Coin, CoinChange, CoinReader } from "@forkyard/core/coins";
import { OutPointMap } from "@forkyard/core/out-point-map";
import type { ChainBatch } from "@forkyard/core/ports/chain-store";
import type { OutPoint } from "@forkyard/core/tx";

interface StagedCoin {
  /** As it is in the base; undefined: not there. */
  readonly before: Coin | undefined;
  /** As it will be; undefined: spent. */
  readonly after: Coin | undefined;
}

/** What a block does to the coins when it is connected, or the reverse of that. */
interface Step {
  readonly gone: readonly CoinChange[];
  readonly come: readonly CoinChange[];
}

/**
 * The coins as they will be once a plan has been carried out: changes over a base that stays as it is until the whole
 * plan is known to hold. Also keeps what the changes add up to. A coin made and spent within the plan leaves no trace.
 */
export class StagedCoins implements CoinReader {
  readonly #base: CoinReader;
  /** Not in {@link #changes} yet: of most plans, which are one block, nobody ever asks for a coin after it. */
  #waiting: Step[] = [];
  readonly #changes = new OutPointMap<StagedCoin>();
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
    this.#merge();
    if (this.#changes.size === 0) return this.#base.coin(outPoint);
    const staged = this.#changes.get(outPoint);
    return staged === undefined ? this.#base.coin(outPoint) : staged.after;
  }

  /** A block is connected: what it spends goes, what it creates comes. */
  connect({ spent, created }: BlockDelta): void {
    this.#take({ gone: spent, come: created });
  }

  /** A block is taken back: the reverse. */
  disconnect({ spent, created }: BlockDelta): void {
    this.#take({ gone: created, come: spent });
  }

  writeTo(batch: ChainBatch): void {
    const [only, ...more] = this.#waiting;
    if (only !== undefined && more.length === 0 && this.#changes.size === 0) {
      for (const { outPoint, coin } of only.gone) batch.deleteCoin(outPoint, coin);
      for (const { outPoint, coin } of only.come) batch.putCoin(outPoint, coin);
      return;
    }
    this.#merge();
    for (const [outPoint, { before, after }] of this.#changes) {
      if (before !== undefined) batch.deleteCoin(outPoint, before);
      if (after !== undefined) batch.putCoin(outPoint, after);
    }
  }

  #take(step: Step): void {
    this.#waiting.push(step);
    this.#countChange += step.come.length - step.gone.length;
    for (const { coin } of step.come) this.#totalChange += coin.output.value;
    for (const { coin } of step.gone) this.#totalChange -= coin.output.value;
  }

  #merge(): void {
    if (this.#waiting.length === 0) return;
    for (const { gone, come } of this.#waiting) {
      for (const { outPoint, coin } of gone) this.#remove(outPoint, coin);
      for (const { outPoint, coin } of come) this.#add(outPoint, coin);
    }
    this.#waiting = [];
  }

  /** A coin comes that is not there: unless it went within the plan, the base does not have it. */
  #add(outPoint: OutPoint, coin: Coin): void {
    this.#changes.set(outPoint, { before: this.#changes.get(outPoint)?.before, after: coin });
  }

  /** A coin goes that is there: unless it came within the plan, it is the base's. */
  #remove(outPoint: OutPoint, coin: Coin): void {
    const staged = this.#changes.get(outPoint);
    const before = staged === undefined ? coin : staged.before;
    if (before === undefined) this.#changes.delete(outPoint);
    else this.#changes.set(outPoint, { before, after: undefined });
  }
}
