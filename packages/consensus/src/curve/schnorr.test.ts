import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concatBytes } from "@forkyard/core/bytes/bytes";
import type { Curve } from "@forkyard/core/ports/curve";
import { sha256 } from "@noble/hashes/sha2.js";
import { hashes, Point, schnorr } from "@noble/secp256k1";
import * as fc from "fast-check";
import { schnorrClaim } from "./bip340.ts";
import { loadNativeCurve } from "./native.ts";
import { nobleCurve } from "./noble.ts";
import { GROUP_ORDER, modGroupOrder, readScalar, writeScalar } from "./scalar.ts";
import { loadWasmCurve } from "./wasm.ts";

hashes.sha256 = (message) => sha256(message);

/** noble answers a few hundred questions a second. */
const RUNS = 150;
const FIELD_ORDER = Point.CURVE().p;
const others: readonly Curve[] = [loadNativeCurve(), loadWasmCurve()];

const secrets = fc.bigInt({ min: 1n, max: GROUP_ORDER - 1n }).map(bytes32);
const words = fc.uint8Array({ minLength: 32, maxLength: 32 });
const edges = fc
  .tuple(fc.constantFrom(0n, 1n, GROUP_ORDER, FIELD_ORDER, Point.BASE.toAffine().x), fc.bigInt({ min: -2n, max: 2n }))
  .map(([base, step]) => bytes32(BigInt.asUintN(256, base + step)));

describe("the engines agree on Schnorr signatures", () => {
  test("that are valid, for messages of any length", () => {
    const messages = fc.oneof(words, fc.uint8Array({ maxLength: 70 }));
    fc.assert(
      fc.property(secrets, messages, words, (secret, message, random) => {
        const signature = schnorr.sign(message, secret, random);
        assert.equal(agree(signature, message, schnorr.getPublicKey(secret)), true);
      }),
      { numRuns: RUNS },
    );
  });

  test("with one bit changed anywhere", () => {
    fc.assert(
      fc.property(secrets, words, fc.nat({ max: 8 * 128 - 1 }), (secret, message, bit) => {
        const all = concatBytes(schnorr.sign(message, secret, message), message, schnorr.getPublicKey(secret));
        all[bit >> 3] = (all[bit >> 3] as number) ^ (1 << (bit & 7));
        assert.equal(agree(all.subarray(0, 64), all.subarray(64, 96), all.subarray(96)), false);
      }),
      { numRuns: RUNS },
    );
  });

  test("whose R has an odd y: never valid", () => {
    fc.assert(
      fc.property(secrets, secrets, words, (secret, nonce, message) => {
        const publicKey = schnorr.getPublicKey(secret);
        const commitment = Point.BASE.multiply(readScalar(nonce)).toBytes(true);
        const r = commitment.subarray(1);
        const challenge = schnorrClaim(concatBytes(r, bytes32(0n)), message, publicKey)?.challenge as bigint;
        const isKeyEven = Point.BASE.multiply(readScalar(secret)).toBytes(true)[0] === 2;
        const key = isKeyEven ? readScalar(secret) : GROUP_ORDER - readScalar(secret);
        const s = modGroupOrder(readScalar(nonce) + challenge * key);
        assert.equal(agree(concatBytes(r, bytes32(s)), message, publicKey), commitment[0] === 2);
      }),
      { numRuns: RUNS },
    );
  });

  test("at the edges of the group and the field", () => {
    fc.assert(
      fc.property(edges, edges, edges, edges, (r, s, message, publicKey) => {
        agree(concatBytes(r, s), message, publicKey);
      }),
      { numRuns: RUNS },
    );
  });

  test("of any length", () => {
    const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ minLength: 31, maxLength: 33 }));
    const signatures = fc.oneof(anyBytes, fc.uint8Array({ minLength: 63, maxLength: 65 }));
    fc.assert(
      fc.property(signatures, anyBytes, anyBytes, (signature, message, publicKey) => {
        assert.equal(agree(signature, message, publicKey), false);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("the engines agree on tweaked keys", () => {
  test("that are right, and of the other parity", () => {
    fc.assert(
      fc.property(secrets, secrets, (secret, tweak) => {
        const internal = schnorr.getPublicKey(secret);
        const output = Point.fromBytes(Uint8Array.of(2, ...internal)).add(Point.BASE.multiply(readScalar(tweak)));
        // Infinity has no x: the test after the next one is about that.
        fc.pre(!output.equals(Point.ZERO));
        const [prefix, ...x] = output.toBytes(true);
        const parity = prefix === 3 ? 1 : 0;
        assert.equal(agreeOnTweak(Uint8Array.from(x), parity, internal, tweak), true);
        assert.equal(agreeOnTweak(Uint8Array.from(x), 1 - parity, internal, tweak), false);
      }),
      { numRuns: RUNS },
    );
  });

  test("at the edges of the group and the field", () => {
    fc.assert(
      fc.property(edges, fc.constantFrom(0, 1), edges, edges, (output, parity, internal, tweak) => {
        agreeOnTweak(output, parity, internal, tweak);
      }),
      { numRuns: RUNS },
    );
  });

  test("that the tweak takes to infinity: none", () => {
    const { x } = Point.BASE.toAffine();
    // The generator itself has an even y, so minus one takes it away.
    assert.equal(agreeOnTweak(bytes32(x), 0, bytes32(x), bytes32(GROUP_ORDER - 1n)), false);
    assert.equal(agreeOnTweak(bytes32(0n), 0, bytes32(x), bytes32(GROUP_ORDER - 1n)), false);
  });

  test("and change none of the bytes that they are given", () => {
    const secret = bytes32(3n);
    const message = bytes32(9n);
    const signature = schnorr.sign(message, secret, message);
    const publicKey = schnorr.getPublicKey(secret);
    const before = concatBytes(signature, message, publicKey);
    agree(signature, message, publicKey);
    agreeOnTweak(publicKey, 0, publicKey, message);
    assert.deepEqual(concatBytes(signature, message, publicKey), before);
  });
});

function agree(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  const expected = nobleCurve.verifySchnorr(signature, message, publicKey);
  for (const curve of others) {
    assert.equal(curve.verifySchnorr(signature, message, publicKey), expected, `${curve.name} against noble`);
  }
  return expected;
}

function agreeOnTweak(output: Uint8Array, parity: number, internal: Uint8Array, tweak: Uint8Array): boolean {
  const expected = nobleCurve.isTweaked(output, parity, internal, tweak);
  for (const curve of others) {
    assert.equal(curve.isTweaked(output, parity, internal, tweak), expected, `${curve.name} against noble`);
  }
  return expected;
}

function bytes32(value: bigint): Uint8Array {
  const bytes = new Uint8Array(32);
  writeScalar(bytes, 0, value);
  return bytes;
}
