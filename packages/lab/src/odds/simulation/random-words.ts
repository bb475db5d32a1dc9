/** Words made at a time. */
const BUFFER_WORDS = 1024;
/** Odd constants, one for each word of the state, so that the same seed gives four unlike words. */
const LANES: readonly number[] = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f];
const TWO_TO_32 = 2 ** 32;

/**
 * Stream number `stream` of the seed: 32-bit words of xoshiro128** (D. Blackman and S. Vigna, Scrambled Linear
 * Pseudorandom Number Generators, 2021). Whoever does a part of the work takes the streams of that part, so that results do
 * not depend on who does what. Not for secrets.
 */
export class RandomWords {
  readonly #buffer = new Int32Array(BUFFER_WORDS);
  readonly #state: Int32Array;
  #position = BUFFER_WORDS;

  /** @param seed whole number, 0 ≤ seed < 2^53 @param stream whole number, 0 ≤ stream < 2^32 */
  constructor(seed: number, stream: number) {
    const low = (seed % TWO_TO_32) | 0;
    const high = Math.floor(seed / TWO_TO_32) | 0;
    this.#state = Int32Array.from(LANES, (lane) => mixed(mixed(mixed(lane ^ low) + high) ^ mixed(stream + lane)));
    // All zero is the one state that the generator never leaves.
    if (this.#state.every((word) => word === 0)) this.#state[0] = 1;
  }

  /** The next word, as a signed integer. */
  next(): number {
    if (this.#position === BUFFER_WORDS) this.#fill();
    return this.#buffer[this.#position++] as number;
  }

  /** A number strictly between 0 and 1. */
  fraction(): number {
    return ((this.next() >>> 0) + 0.5) / TWO_TO_32;
  }

  #fill(): void {
    const state = this.#state;
    let [a, b, c, d] = state as unknown as [number, number, number, number];
    for (let i = 0; i < BUFFER_WORDS; i++) {
      const product = Math.imul(b, 5);
      this.#buffer[i] = Math.imul((product << 7) | (product >>> 25), 9);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
    }
    state.set([a, b, c, d]);
    this.#position = 0;
  }
}

/** Every bit of the word changes about half of the bits of the result (finaliser of MurmurHash3). */
function mixed(word: number): number {
  let bits = word | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

/** Words below this, as unsigned numbers, come with the chance `probability` (to 2^-32). */
export function wordThreshold(probability: number): number {
  return Math.round(probability * TWO_TO_32);
}
