import { sha256 } from "@forkyard/core/hash";
import type { Random } from "@forkyard/core/ports/random";
import { naturalLogarithm } from "./logarithm.ts";
import { type FourWords, philox } from "./philox.ts";

const WORD_BYTES = 4;
const TWO_TO_32 = 0x1_0000_0000;
const TWO_TO_26 = 0x400_0000;
const TWO_TO_53 = 0x20_0000_0000_0000;

/** Random numbers of one purpose: the n-th number depends on nothing but the stream's name and n. */
export class RandomStream implements Random {
  readonly #key0: number;
  readonly #key1: number;
  readonly #words: FourWords = [0, 0, 0, 0];
  #counter = 0;
  #used = WORD_BYTES;

  /** @param name of the stream; streams of different names have nothing to do with each other */
  constructor(name: string) {
    const digest = sha256(new TextEncoder().encode(name));
    const view = new DataView(digest.buffer, digest.byteOffset);
    this.#key0 = view.getUint32(0, true);
    this.#key1 = view.getUint32(WORD_BYTES, true);
  }

  /** 32 random bits. */
  word(): number {
    if (this.#used >= this.#words.length) this.#refill();
    const word = this.#words[this.#used] as number;
    this.#used += 1;
    return word;
  }

  /** From 0 to below 1, 53 bits. */
  uniform(): number {
    const high = this.word() >>> 5;
    return (high * TWO_TO_26 + (this.word() >>> 6)) / TWO_TO_53;
  }

  /** Exponentially distributed with mean 1. */
  exponential(): number {
    return -naturalLogarithm(1 - this.uniform());
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.uniform() * limit);
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.word() >>> 24);
  }

  #refill(): void {
    this.#words[0] = this.#counter % TWO_TO_32;
    this.#words[1] = Math.floor(this.#counter / TWO_TO_32);
    this.#words[2] = 0;
    this.#words[3] = 0;
    philox(this.#words, this.#key0, this.#key1);
    this.#counter += 1;
    this.#used = 0;
  }
}

/**
 * All randomness of a world, one stream for each seed, node and purpose: what one of them draws more or less does not
 * change what the others get, so that an event can be left out of a run without shifting the rest.
 */
export class RandomStreams {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  of(node: string, purpose: string): RandomStream {
    return new RandomStream(JSON.stringify([this.#seed, node, purpose]));
  }
}
