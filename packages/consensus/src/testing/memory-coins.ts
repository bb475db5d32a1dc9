import type { BlockDelta, Coin, CoinReader } from "@forkyard/core/coins";
import { assert } from "@forkyard/core/errors";
import { type OutPoint, outPointKey } from "@forkyard/core/tx";

/** A set of coins in memory that holds its user to the rules: nothing is spent that is not there, nothing made twice. */
export class MemoryCoins implements CoinReader {
  readonly #coins = new Map<string, Coin>();

  get size(): number {
    return this.#coins.size;
  }

  /** Satoshis in all coins. */
  total(): bigint {
    let total = 0n;
    for (const { output } of this.#coins.values()) total += output.value;
    return total;
  }

  coin(outPoint: OutPoint): Coin | undefined {
    return this.#coins.get(outPointKey(outPoint));
  }

  /** Puts one coin in, as a test's starting point. */
  put(outPoint: OutPoint, coin: Coin): void {
    this.#coins.set(outPointKey(outPoint), coin);
  }

  apply(delta: BlockDelta): void {
    for (const { outPoint } of delta.spent) assert(this.#coins.delete(outPointKey(outPoint)), "a spent coin was there");
    for (const { outPoint, coin } of delta.created) {
      assert(!this.#coins.has(outPointKey(outPoint)), "a created coin was not there");
      this.put(outPoint, coin);
    }
  }

  /** Everything there is, in a form that two sets can be compared by. */
  snapshot(): ReadonlyMap<string, Coin> {
    return new Map([...this.#coins].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }
}
