import { MAX_JUMP_BITS } from "../limits.ts";
import { binomialProbability } from "../numeric/binomial.ts";
import { AliasTable } from "./alias-table.ts";
import type { RandomWords } from "./random-words.ts";

/**
 * Draws how many of the next 2^k − 1 blocks are the attacker's, for k = 1 (a single block) to {@link MAX_JUMP_BITS}. The
 * table of k has 2^k columns, and they stand in one array from place 2^k on: no time goes into finding the table.
 */
export class JumpTables {
  readonly #cuts = new Int32Array(2 ** (MAX_JUMP_BITS + 1));
  readonly #aliases = new Int32Array(2 ** (MAX_JUMP_BITS + 1));

  /** @param q the attacker's share of the hash power */
  constructor(q: number) {
    for (let bits = 1; bits <= MAX_JUMP_BITS; bits++) {
      const blocks = 2 ** bits - 1;
      const chances = Array.from({ length: blocks + 1 }, (_, attackers) => binomialProbability(blocks, attackers, q));
      const table = new AliasTable(chances);
      this.#cuts.set(table.cuts, 2 ** bits);
      this.#aliases.set(table.aliases, 2 ** bits);
    }
  }

  attackerBlocks(bits: number, words: RandomWords): number {
    const word = words.next();
    const column = word >>> (32 - bits);
    const place = (1 << bits) | column;
    const alias = this.#aliases[place] as number;
    const own = (((word << bits) >>> 1) - (this.#cuts[place] as number)) >> 31;
    return alias ^ ((alias ^ column) & own);
  }
}
