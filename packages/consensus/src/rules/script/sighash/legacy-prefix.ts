import { sha256Stream } from "@forkyard/core/hash";
import type { Sha256Stream } from "@forkyard/core/ports/sha256";

/** Gives the bytes that legacy signature hashes of one transaction begin with, and is told what was hashed. */
interface PrefixSource {
  /** What stands before the input `inputIndex`. */
  blankBefore(inputIndex: number, zeroSequences: boolean): Uint8Array;
  countHashed(bytes: number): void;
}

/**
 * The common beginning of the legacy signature hashes of a transaction's inputs, hashed once: what stands before input
 * i + 1 is what stands before input i and one blank input more. Of the quadratic work that is half.
 */
export class LegacyPrefix {
  readonly #source: PrefixSource;
  readonly #zeroSequences: boolean;
  #stream: Sha256Stream | undefined;
  #hashed = 0;

  constructor(source: PrefixSource, zeroSequences: boolean) {
    this.#source = source;
    this.#zeroSequences = zeroSequences;
  }

  /** A stream that has hashed everything before the input. Cheap for inputs in ascending order. */
  upTo(inputIndex: number): Sha256Stream {
    const bytes = this.#source.blankBefore(inputIndex, this.#zeroSequences);
    if (this.#stream === undefined || this.#hashed > bytes.length) {
      this.#stream = sha256Stream();
      this.#hashed = 0;
    }
    const more = bytes.subarray(this.#hashed);
    this.#stream.update(more);
    this.#source.countHashed(more.length);
    this.#hashed = bytes.length;
    return this.#stream.clone();
  }
}
