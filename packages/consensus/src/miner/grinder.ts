import { assert } from "@forkyard/core/errors";
import { NONCE_COUNT } from "./limits.ts";

/** What a search through nonces gave. */
export interface GrindResult {
  /** The first nonce whose header hash meets the target; undefined when none does. */
  readonly nonce: number | undefined;
  /** Nonces tried, the found one included. */
  readonly hashes: number;
}

/** Searches for the nonce that gives a header its proof of work. All grinders give the same answer. */
export interface Grinder {
  /** Name shown in `status` and in benchmarks. */
  readonly name: string;
  /**
   * Tries `count` nonces from `startNonce` on.
   * @param header 80 bytes; its own nonce does not matter
   * @param target the highest hash allowed, as a number
   * @param startNonce 0..2^32-1; `startNonce + count` is at most 2^32
   */
  grind(header: Uint8Array, target: bigint, startNonce: number, count: number): GrindResult;
}

/** Throws unless there are nonces `startNonce` to `startNonce + count - 1`. */
export function assertNonceRange(startNonce: number, count: number): void {
  assert(startNonce >= 0 && count >= 0 && startNonce + count <= NONCE_COUNT, "nonces have 32 bits");
}
