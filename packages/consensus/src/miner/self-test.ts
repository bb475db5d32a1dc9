import { concatBytes } from "@forkyard/core/bytes/bytes";
import { assert } from "@forkyard/core/errors";
import { sha256 } from "@forkyard/core/hash";
import { HEADER_BYTES } from "@forkyard/core/limits";
import { sealsHeader } from "../seal/pow-seal.ts";
import type { Grinder, GrindResult } from "./grinder.ts";
import { withNonce } from "./header-nonce.ts";
import { NONCE_COUNT } from "./limits.ts";

interface TestSearch {
  readonly target: bigint;
  readonly startNonce: number;
  readonly count: number;
}

/** One hash in two, in sixteen, in 256, in 2048, none; in the middle and at the end of the nonces, in whole steps and not. */
const SEARCHES: readonly TestSearch[] = [
  { target: (1n << 255n) - 1n, startNonce: 0, count: 1 },
  { target: 1n << 252n, startNonce: 0x7ffffff9, count: 61 },
  { target: 1n << 248n, startNonce: 0x12345678, count: 1_000 },
  { target: 1n << 245n, startNonce: NONCE_COUNT - 203, count: 203 },
  { target: 0n, startNonce: 0xff, count: 200 },
];
const TEST_HEADERS = 3;

/**
 * Compares a grinder with plain hashing on some headers. Takes a few milliseconds.
 * @throws AssertionFault when they disagree
 */
export function selfTest(grinder: Grinder): void {
  for (let i = 0; i < TEST_HEADERS; i++) {
    const header = testHeader(i);
    for (const { target, startNonce, count } of SEARCHES) {
      const expected = plainGrind(header, target, startNonce, count);
      const actual = grinder.grind(header, target, startNonce, count);
      const agree = actual.nonce === expected.nonce && actual.hashes === expected.hashes;
      assert(agree, `grinder ${grinder.name} found ${actual.nonce} instead of ${expected.nonce} on test header ${i}`);
    }
  }
}

/** The search as its definition says, one nonce after another. */
export function plainGrind(header: Uint8Array, target: bigint, startNonce: number, count: number): GrindResult {
  for (let i = 0; i < count; i++) {
    if (sealsHeader(withNonce(header, startNonce + i), target)) return { nonce: startNonce + i, hashes: i + 1 };
  }
  return { nonce: undefined, hashes: count };
}

function testHeader(seed: number): Uint8Array {
  const digest = sha256(Uint8Array.of(seed));
  return concatBytes(digest, sha256(digest), digest).slice(0, HEADER_BYTES);
}
