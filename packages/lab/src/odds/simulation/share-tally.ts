/**
 * What many independent cycles add up to: own blocks and all blocks that count, and their squares and product, from which
 * the error of the ratio follows. Sums of whole numbers, so that parts may be added in any order.
 */
export type ShareTally = readonly [own: number, all: number, ownSquares: number, products: number, allSquares: number];

/** Adds up cycles. */
export class ShareCounter {
  #own = 0;
  #all = 0;
  #ownSquares = 0;
  #products = 0;
  #allSquares = 0;

  add(own: number, others: number): void {
    const all = own + others;
    this.#own += own;
    this.#all += all;
    this.#ownSquares += own * own;
    this.#products += own * all;
    this.#allSquares += all * all;
  }

  tally(): ShareTally {
    return [this.#own, this.#all, this.#ownSquares, this.#products, this.#allSquares];
  }
}

/** Standard error of the share own/all over independent cycles (delta method). */
export function shareStandardError([own, all, ownSquares, products, allSquares]: ShareTally): number {
  const share = own / all;
  return Math.sqrt(Math.max(0, ownSquares - 2 * share * products + share * share * allSquares)) / all;
}
