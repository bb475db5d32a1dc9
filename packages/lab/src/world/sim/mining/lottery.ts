import { workOfBits } from "@forkyard/consensus/rules/target";
import type { BlockHash } from "@forkyard/core/hash";

/**
 * Proof of work as a draw of lots: gives out which headers are found, and how long finding one takes. All hash power
 * of the beginning together finds one block an interval at the difficulty of the beginning.
 */
export class Lottery {
  readonly #drawn: Set<string>;
  readonly #intervalUs: number;
  readonly #workAtStart: number;

  /**
   * @param drawn the set that the network's rules ask
   * @param bitsAtStart of the first block after the bootstrap
   */
  constructor(drawn: Set<string>, intervalUs: number, bitsAtStart: number) {
    this.#drawn = drawn;
    this.#intervalUs = intervalUs;
    this.#workAtStart = Number(workOfBits(bitsAtStart));
  }

  /** The lot has fallen on this header. */
  draw(hash: BlockHash): void {
    this.#drawn.add(hash);
  }

  /**
   * Mean microseconds until a share of the hash power finds a block with these bits.
   * @param share of the hash power of the beginning, above 0
   */
  meanUs(share: number, bits: number): number {
    return ((this.#intervalUs / share) * Number(workOfBits(bits))) / this.#workAtStart;
  }
}
