import type { RandomWords } from "./random-words.ts";

const WORD_BITS = 32;
/** Heights of columns are kept as fractions of this: their difference still fits a signed word. */
const FULL = 2 ** 31;

/**
 * Draws whole numbers from any finite distribution with one random word each (A. J. Walker's alias method, 1977). There are
 * 2^bits columns: the first bits of the word choose one, the others whether it is the column's own number or its alias.
 * Chances are right to 2^-31.
 */
export class AliasTable {
  readonly bits: number;
  readonly cuts: Int32Array;
  readonly aliases: Int32Array;

  /** @param weights weights of 0, 1, 2, …: positive in sum, at most 2^24 of them */
  constructor(weights: readonly number[]) {
    this.bits = Math.max(1, Math.ceil(Math.log2(weights.length)));
    const columns = 2 ** this.bits;
    this.cuts = new Int32Array(columns);
    this.aliases = Int32Array.from({ length: columns }, (_, column) => column);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    this.#fill(Array.from({ length: columns }, (_, column) => ((weights[column] ?? 0) / total) * columns));
  }

  draw(words: RandomWords): number {
    const word = words.next();
    const column = word >>> (WORD_BITS - this.bits);
    const alias = this.aliases[column] as number;
    // All ones when the rest of the word is below the cut. A branch here would be guessed wrong again and again.
    const own = (((word << this.bits) >>> 1) - (this.cuts[column] as number)) >> 31;
    return alias ^ ((alias ^ column) & own);
  }

  /** Each column with too little is filled up from one with too much. `heights` are 1 on average. */
  #fill(heights: number[]): void {
    const low = [...heights.keys()].filter((column) => (heights[column] ?? 0) < 1);
    const high = [...heights.keys()].filter((column) => (heights[column] ?? 0) >= 1);
    for (let column = low.pop(); column !== undefined; column = low.pop()) {
      const giver = high.at(-1);
      // Only rounding leaves a column without a giver: it is as good as full, and its alias is itself.
      if (giver === undefined) break;
      const height = heights[column] ?? 0;
      this.cuts[column] = Math.min(FULL - 1, Math.round(height * FULL));
      this.aliases[column] = giver;
      const left = (heights[giver] ?? 0) - (1 - height);
      heights[giver] = left;
      if (left < 1) {
        high.pop();
        low.push(giver);
      }
    }
  }
}
