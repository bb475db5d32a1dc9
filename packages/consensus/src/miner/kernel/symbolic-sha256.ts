import { SHA256_K } from "../sha256-constants.ts";
import { fixed, type Word, type WordAlgebra } from "./word-algebra.ts";

/** Rounds after which the last word of the final state is settled: it is `e` of round 60, moved on three times. */
const ROUNDS_TO_LAST_WORD = 61;
/** The last round whose `a` can still reach that word, as `d` four rounds later. */
const LAST_ROUND_WITH_A = 56;
const ROUNDS = 64;

/** FIPS 180-4 §6.2 over words that are known at different times. */
export class SymbolicSha256 {
  readonly #algebra: WordAlgebra;

  constructor(algebra: WordAlgebra) {
    this.#algebra = algebra;
  }

  /** State after the block: all eight words. */
  compress(state: readonly Word[], block: readonly Word[]): Word[] {
    const end = this.#rounds(state, block, ROUNDS, ROUNDS);
    return state.map((word, i) => this.#algebra.keep(this.#algebra.add(word, end[i] as Word)));
  }

  /** Only the last of the eight words after the block: three rounds less, and `a` is not followed to the end. */
  lastWord(state: readonly Word[], block: readonly Word[]): Word {
    const end = this.#rounds(state, block, ROUNDS_TO_LAST_WORD, LAST_ROUND_WITH_A);
    return this.#algebra.add(state[7] as Word, end[4] as Word);
  }

  /** Working variables a..h after `count` rounds; those of `a` are wrong after round `lastRoundWithA`. */
  #rounds(state: readonly Word[], block: readonly Word[], count: number, lastRoundWithA: number): Word[] {
    const algebra = this.#algebra;
    const schedule = [...block];
    let [a, b, c, d, e, f, g, h] = state as [Word, Word, Word, Word, Word, Word, Word, Word];
    let bc = algebra.xor(b, c);
    for (let round = 0; round < count; round++) {
      const k = fixed(SHA256_K[round] as number);
      const choice = algebra.xor(g, algebra.and(e, algebra.xor(f, g)));
      const t1 = algebra.keep(algebra.add(k, this.#scheduleWord(schedule, round), h, choice, this.#sum(e, 6, 11, 25)));
      const newE = algebra.keep(algebra.add(d, t1));
      // The majority needs a^b and b^c; the next round's b^c is this round's a^b.
      const ab = algebra.keep(algebra.xor(a, b));
      const majority = algebra.xor(b, algebra.and(ab, bc));
      const newA = round <= lastRoundWithA ? algebra.keep(algebra.add(t1, majority, this.#sum(a, 2, 13, 22))) : a;
      [a, b, c, d, e, f, g, h] = [newA, a, b, c, newE, e, f, g];
      bc = ab;
    }
    return [a, b, c, d, e, f, g, h];
  }

  #scheduleWord(schedule: Word[], round: number): Word {
    const at = (back: number): Word => schedule[round - back] as Word;
    if (round >= schedule.length) {
      const algebra = this.#algebra;
      const near = this.#smallSum(at(2), 17, 19, 10);
      const far = this.#smallSum(at(15), 7, 18, 3);
      schedule.push(algebra.keep(algebra.add(at(16), far, at(7), near)));
    }
    return at(0);
  }

  /** Σ: three rotations. */
  #sum(word: Word, first: number, second: number, third: number): Word {
    const { rotateRight, xor } = this.#bound();
    return xor(xor(rotateRight(word, first), rotateRight(word, second)), rotateRight(word, third));
  }

  /** σ: two rotations and a shift. */
  #smallSum(word: Word, first: number, second: number, shift: number): Word {
    const { rotateRight, xor } = this.#bound();
    return xor(xor(rotateRight(word, first), rotateRight(word, second)), this.#algebra.shiftRight(word, shift));
  }

  #bound(): { rotateRight: (word: Word, bits: number) => Word; xor: (x: Word, y: Word) => Word } {
    return {
      rotateRight: (word, bits) => this.#algebra.rotateRight(word, bits),
      xor: (x, y) => this.#algebra.xor(x, y),
    };
  }
}
