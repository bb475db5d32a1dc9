import { assert } from "@forkyard/core/errors";
import { HEADER_BYTES } from "@forkyard/core/limits";
import { compress, SCHEDULE_WORDS } from "./sha256-compress.ts";
import { SHA256_INITIAL_STATE } from "./sha256-constants.ts";

const INITIAL_STATE = Int32Array.from(SHA256_INITIAL_STATE);
const STATE_WORDS = 8;
const TAIL_WORDS = 3;
const NONCE_WORD = 3;
const HEADER_BITS = HEADER_BYTES * 8;
const HASH_BITS = 256;
const PADDING_START = 0x80000000 | 0;
const MAX_TARGET = (1n << 256n) - 1n;

/**
 * A header without its nonce, made ready for trying many: the first of its two SHA-256 blocks does not depend on the
 * nonce and is taken in once.
 */
export class HeaderWork {
  /** State after the first 64 bytes: 8 words. */
  readonly midstate: Int32Array;
  /** End of the merkle root, time, bits: 3 words as SHA-256 reads them. */
  readonly tail: Int32Array;
  /** The target's 8 words, the highest first. */
  readonly target: Uint32Array;
  readonly #block = new Int32Array(SCHEDULE_WORDS);
  readonly #state = new Int32Array(STATE_WORDS);

  /** @param header 80 bytes, the nonce ignored */
  constructor(header: Uint8Array, target: bigint) {
    assert(header.length === HEADER_BYTES, `a header of ${header.length} bytes`);
    assert(target >= 0n, "a target is not negative");
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    const first = new Int32Array(SCHEDULE_WORDS);
    for (let i = 0; i < 16; i++) first[i] = view.getInt32(4 * i);
    this.midstate = INITIAL_STATE.slice();
    compress(this.midstate, first);
    this.tail = Int32Array.from({ length: TAIL_WORDS }, (_, i) => view.getInt32(64 + 4 * i));
    this.target = targetWords(target);
  }

  /** True when the header with this nonce hashes to a number that is not above the target. */
  meetsTarget(nonce: number): boolean {
    const hash = this.#hash(nonce);
    for (let i = 0; i < STATE_WORDS; i++) {
      // The hash as a number is its bytes in reverse order.
      const word = swapBytes(hash[STATE_WORDS - 1 - i] as number) >>> 0;
      const limit = this.target[i] as number;
      if (word !== limit) return word < limit;
    }
    return true;
  }

  #hash(nonce: number): Int32Array {
    const block = this.#block;
    const state = this.#state;
    block.set(this.tail);
    block[NONCE_WORD] = swapBytes(nonce);
    pad(block, NONCE_WORD + 1, HEADER_BITS);
    state.set(this.midstate);
    compress(state, block);
    block.set(state);
    pad(block, STATE_WORDS, HASH_BITS);
    state.set(INITIAL_STATE);
    compress(state, block);
    return state;
  }
}

/** FIPS 180-4 §5.1.1, for a message that ends in this block before word `from`. */
function pad(block: Int32Array, from: number, messageBits: number): void {
  block[from] = PADDING_START;
  for (let i = from + 1; i < 15; i++) block[i] = 0;
  block[15] = messageBits;
}

function swapBytes(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

/** A target wider than 256 bits is met by every hash. */
function targetWords(target: bigint): Uint32Array {
  const bounded = target > MAX_TARGET ? MAX_TARGET : target;
  return Uint32Array.from({ length: STATE_WORDS }, (_, i) => Number((bounded >> BigInt(224 - 32 * i)) & 0xffffffffn));
}
