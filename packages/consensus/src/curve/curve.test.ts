import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concatBytes, fromHex } from "@forkyard/core/bytes/bytes";
import { AssertionFault } from "@forkyard/core/errors";
import type { Curve } from "@forkyard/core/ports/curve";
import { Point } from "@noble/secp256k1";
import * as fc from "fast-check";
import { KNOWN_ANSWERS } from "./known-answers.ts";
import { loadNativeCurve } from "./native.ts";
import { nobleCurve } from "./noble.ts";
import { CURVE_CANDIDATES, selectCurve } from "./select-curve.ts";
import { firstWrongAnswer } from "./self-test.ts";
import { loadWasmCurve } from "./wasm.ts";

const GROUP_ORDER = Point.CURVE().n;
const FIELD_ORDER = Point.CURVE().p;
const SCALAR_LIMIT = 2n ** 256n - 1n;
/** noble answers some 600 questions a second, so the properties ask a few hundred each. */
const RUNS = 200;

const others: readonly Curve[] = [loadNativeCurve(), loadWasmCurve()];

describe("self-test", () => {
  for (const { name, load } of CURVE_CANDIDATES) {
    test(`${name} knows all ${KNOWN_ANSWERS.length} answers`, () => {
      assert.equal(firstWrongAnswer(load()), undefined);
    });
  }

  test("names the first question answered wrongly", () => {
    const refusesHighS: Curve = {
      ...nobleCurve,
      name: "broken",
      verifyEcdsa: (signature, digest, publicKey) =>
        (signature[32] ?? 0) < 0x7f && nobleCurve.verifyEcdsa(signature, digest, publicKey),
    };
    assert.equal(firstWrongAnswer(refusesHighS), "high S: answered false");
  });
});

describe("selection", () => {
  test("takes the first that works and says why the others do not", () => {
    const refused: string[] = [];
    const curve = selectCurve(
      [
        {
          name: "missing",
          load: () => {
            throw new Error("no binary");
          },
        },
        {
          name: "throwing",
          load: () => ({
            ...nobleCurve,
            name: "throwing",
            verifyEcdsa: () => {
              throw new Error("bad key");
            },
          }),
        },
        { name: "agreeable", load: () => ({ ...nobleCurve, name: "agreeable", verifyEcdsa: () => true }) },
        { name: "noble", load: () => nobleCurve },
      ],
      (name, reason) => refused.push(`${name}: ${reason}`),
    );
    assert.equal(curve.name, "noble");
    assert.deepEqual(refused, [
      "missing: cannot be loaded: Error: no binary",
      "throwing: compressed key: threw Error: bad key",
      "agreeable: hybrid key of the wrong parity: answered true",
    ]);
  });

  test("never goes on without a curve", () => {
    assert.throws(() => selectCurve([]), AssertionFault);
  });

  test("prefers the native engine where there is a binary", () => {
    assert.equal(selectCurve().name, "native");
  });
});

describe("the engines agree", () => {
  test("on valid signatures in every form of S and key", () => {
    fc.assert(
      fc.property(secret, secret, digests, fc.boolean(), keyForms, (privateKey, nonce, digest, highS, form) => {
        const signature = sign(digest, privateKey, nonce, highS);
        assert.equal(agree(signature, digest, encodeKey(privateKey, form)), form !== "hybrid of wrong parity");
      }),
      { numRuns: RUNS },
    );
  });

  test("on signatures with one bit changed anywhere", () => {
    const flips = fc.nat({ max: 8 * (64 + 32 + 65) - 1 });
    fc.assert(
      fc.property(secret, secret, digests, keyForms, flips, (privateKey, nonce, digest, form, bit) => {
        const all = concatBytes(sign(digest, privateKey, nonce, false), digest, encodeKey(privateKey, form));
        const at = Math.min(bit >> 3, all.length - 1);
        all[at] = (all[at] as number) ^ (1 << (bit & 7));
        agree(all.subarray(0, 64), all.subarray(64, 96), all.subarray(96));
      }),
      { numRuns: RUNS },
    );
  });

  test("on scalars and coordinates at the edges of the group and the field", () => {
    fc.assert(
      fc.property(edges, edges, edges, edges, edges, prefixes, (r, s, digest, x, y, prefix) => {
        agree(concatBytes(bytes32(r), bytes32(s)), bytes32(digest), concatBytes(Uint8Array.of(prefix), bytes32(x)));
        agree(
          concatBytes(bytes32(r), bytes32(s)),
          bytes32(digest),
          concatBytes(Uint8Array.of(prefix), bytes32(x), bytes32(y)),
        );
      }),
      { numRuns: RUNS },
    );
  });

  test("on bytes of any length", () => {
    const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ minLength: 64, maxLength: 66 }));
    const anyKey = fc.oneof(anyBytes, fc.uint8Array({ minLength: 32, maxLength: 34 }));
    const anyDigest = fc.oneof(anyBytes, fc.uint8Array({ minLength: 32, maxLength: 32 }));
    fc.assert(
      fc.property(anyBytes, anyDigest, anyKey, (signature, digest, publicKey) => {
        assert.equal(agree(signature, digest, publicKey), false);
      }),
      { numRuns: RUNS },
    );
  });

  test("on a digest of zero and on one equal to the group order", () => {
    for (const digest of [new Uint8Array(32), bytes32(GROUP_ORDER)]) {
      assert.equal(agree(sign(digest, 5n, 7n, true), digest, encodeKey(5n, "compressed")), true);
    }
  });

  test("on an R whose x lies beyond the group order, where r is x less the order", () => {
    const x = xBeyondGroupOrder();
    const r = x - GROUP_ORDER;
    // With s = r and digest = 0 the key must be R itself: u1 = 0, u2 = r / s = 1.
    const publicKey = concatBytes(Uint8Array.of(2), bytes32(x));
    assert.equal(agree(concatBytes(bytes32(r), bytes32(r)), new Uint8Array(32), publicKey), true);
  });

  test("and change none of the bytes that they are given", () => {
    const digest = bytes32(9n);
    const signature = sign(digest, 5n, 7n, true);
    const publicKey = encodeKey(5n, "hybrid");
    const before = concatBytes(signature, digest, publicKey);
    agree(signature, digest, publicKey);
    assert.deepEqual(concatBytes(signature, digest, publicKey), before);
  });
});

/** What all engines answer; fails when they differ. */
function agree(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean {
  const expected = nobleCurve.verifyEcdsa(signature, digest, publicKey);
  for (const curve of others) {
    assert.equal(curve.verifyEcdsa(signature, digest, publicKey), expected, `${curve.name} against noble`);
  }
  return expected;
}

type KeyForm = "compressed" | "uncompressed" | "hybrid" | "hybrid of wrong parity";

const keyForms = fc.constantFrom<KeyForm>("compressed", "uncompressed", "hybrid", "hybrid of wrong parity");
const secret = fc.bigInt({ min: 1n, max: GROUP_ORDER - 1n });
const digests = fc.uint8Array({ minLength: 32, maxLength: 32 });
const prefixes = fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7);
const edges = fc
  .tuple(
    fc.constantFrom(
      0n,
      1n,
      GROUP_ORDER,
      GROUP_ORDER / 2n,
      FIELD_ORDER,
      FIELD_ORDER - GROUP_ORDER,
      Point.BASE.toAffine().x,
    ),
    fc.bigInt({ min: -2n, max: 2n }),
  )
  .map(([base, step]) => (base + step < 0n ? SCALAR_LIMIT : base + step));

function sign(digest: Uint8Array, privateKey: bigint, nonce: bigint, highS: boolean): Uint8Array {
  const r = Point.BASE.multiply(nonce).toAffine().x % GROUP_ORDER;
  const s = (invert(nonce) * (toNumber(digest) + r * privateKey)) % GROUP_ORDER;
  const isHigh = s > GROUP_ORDER / 2n;
  return concatBytes(bytes32(r), bytes32(isHigh === highS ? s : GROUP_ORDER - s));
}

function encodeKey(privateKey: bigint, form: KeyForm): Uint8Array {
  const point = Point.BASE.multiply(privateKey);
  if (form === "compressed") return point.toBytes(true);
  const key = point.toBytes(false);
  if (form === "uncompressed") return key;
  const parity = (key[64] as number) & 1;
  key[0] = 6 + (form === "hybrid" ? parity : 1 - parity);
  return key;
}

/** Inverse modulo the group order, by Fermat. */
function invert(value: bigint): bigint {
  let result = 1n;
  let base = value;
  for (let exponent = GROUP_ORDER - 2n; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) result = (result * base) % GROUP_ORDER;
    base = (base * base) % GROUP_ORDER;
  }
  return result;
}

/** The smallest x of a point between the group order and the field order. */
function xBeyondGroupOrder(): bigint {
  for (let x = GROUP_ORDER + 1n; ; x++) {
    try {
      return Point.fromBytes(concatBytes(Uint8Array.of(2), bytes32(x))).toAffine().x;
    } catch {
      // No point has this x: the next may.
    }
  }
}

function bytes32(value: bigint): Uint8Array {
  return fromHex((value & SCALAR_LIMIT).toString(16).padStart(64, "0"));
}

function toNumber(bytes: Uint8Array): bigint {
  return bytes.reduce((value, byte) => value * 256n + BigInt(byte), 0n);
}
