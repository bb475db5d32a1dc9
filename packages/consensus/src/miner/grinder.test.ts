import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encodeHeader } from "@forkyard/core/header";
import { networkByName } from "@forkyard/core/params/networks";
import * as fc from "fast-check";
import { bitsToTarget } from "../rules/target.ts";
import type { Grinder } from "./grinder.ts";
import { javascriptGrinder } from "./javascript-grinder.ts";
import { simd128Kernel, simd256Kernel } from "./kernel/kernels.ts";
import { NONCE_COUNT } from "./limits.ts";
import { plainGrind } from "./self-test.ts";
import { WasmGrinder } from "./wasm-grinder.ts";

const GRINDERS: readonly Grinder[] = [
  new WasmGrinder(simd128Kernel),
  new WasmGrinder(simd256Kernel),
  javascriptGrinder,
];

const anyHeader = fc.uint8Array({ minLength: 80, maxLength: 80 });
/** From "every hash" to "hardly any", with random low bits so that the comparison must look at more than the top. */
const anyTarget = fc
  .tuple(fc.integer({ min: 0, max: 256 }), fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }))
  .map(([bits, low]) => BigInt.asUintN(bits, low | (1n << BigInt(bits - 1 < 0 ? 0 : bits - 1))));
const anyCount = fc.integer({ min: 0, max: 40 });
const anyStart = fc.oneof(
  fc.integer({ min: 0, max: NONCE_COUNT - 40 }),
  fc.constantFrom(0, 1, 0x7ffffff0, 0x7fffffff, 0x80000000, 0xffffffff - 39),
);

for (const grinder of GRINDERS) {
  describe(`grinder ${grinder.name}`, () => {
    test("agrees with plain hashing on any header, target and range", () => {
      fc.assert(
        fc.property(anyHeader, anyTarget, anyStart, anyCount, (header, target, start, count) => {
          assert.deepEqual(grinder.grind(header, target, start, count), plainGrind(header, target, start, count));
        }),
        { numRuns: 300 },
      );
    });

    test("finds a nonce in every lane, and not one past the range", () => {
      const header = new Uint8Array(80).fill(7);
      const target = 1n << 245n;
      const { nonce = -1 } = plainGrind(header, target, 1000, 10_000);
      assert.ok(nonce > 1016);
      for (let before = 0; before <= 16; before++) {
        const found = grinder.grind(header, target, nonce - before, before + 1);
        assert.deepEqual(found, { nonce, hashes: before + 1 });
        const missed = grinder.grind(header, target, nonce - before, before);
        assert.deepEqual(missed, { nonce: undefined, hashes: before });
      }
    });

    test("stops at the last nonce and does not go round", () => {
      const header = new Uint8Array(80).fill(9);
      // A hash of the first nonces meets this target: were they tried after the last one, one would be found.
      const target = 1n << 253n;
      assert.notEqual(plainGrind(header, target, 0, 8).nonce, undefined);
      for (const count of [1, 2, 3, 5, 6, 7]) {
        const start = NONCE_COUNT - count;
        assert.deepEqual(grinder.grind(header, target, start, count), plainGrind(header, target, start, count));
      }
      assert.throws(() => grinder.grind(header, target, NONCE_COUNT - 3, 4), /32 bits/);
    });

    test("a hash equal to the target is enough, one below is not", () => {
      const header = new Uint8Array(80).fill(3);
      let limit = (1n << 256n) - 1n;
      // Halving the distance gives the hash of nonce 5 itself: the least target that it meets.
      for (let bit = 255n; bit >= 0n; bit--) {
        const lower = limit - (1n << bit);
        if (lower >= 0n && plainGrind(header, lower, 5, 1).nonce === 5) limit = lower;
      }
      assert.equal(grinder.grind(header, limit, 5, 1).nonce, 5);
      assert.equal(grinder.grind(header, limit - 1n, 5, 1).nonce, undefined);
    });

    for (const name of ["mainnet", "testnet", "signet", "regtest", "devnet"]) {
      test(`finds the genesis nonce of ${name}`, () => {
        const { header } = networkByName(name).genesis;
        const start = Math.max(0, header.nonce - 2_000);
        const { nonce } = grinder.grind(encodeHeader(header), bitsToTarget(header.bits), start, 4_000);
        assert.equal(nonce, plainGrind(encodeHeader(header), bitsToTarget(header.bits), start, 2_001).nonce);
        assert.ok(nonce !== undefined && nonce <= header.nonce);
      });
    }
  });
}
