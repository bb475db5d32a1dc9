import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex, toHex } from "@forkyard/core/bytes/bytes";
import { sha256 } from "@forkyard/core/hash";
import { sign } from "@noble/secp256k1";
import fc from "fast-check";
import { signatureToDer } from "./der.ts";
import { isPrivateKey, isSignature, publicKeyOf, signDigest } from "./secp256k1.ts";

const text = (words: string): Uint8Array => new TextEncoder().encode(words);
const one = fromHex("01".padStart(64, "0"));
const privateKeys = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter(isPrivateKey);
const digests = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** BIP66, as a reader that shares nothing with the writer. */
function strictDer(der: Uint8Array): { r: string; s: string } {
  assert.equal(der[0], 0x30);
  assert.equal(der[1], der.length - 2);
  const integer = (at: number): { hex: string; end: number } => {
    assert.equal(der[at], 0x02);
    const length = der[at + 1] as number;
    const bytes = der.subarray(at + 2, at + 2 + length);
    assert.ok(length > 0 && bytes.length === length, "length");
    assert.ok((bytes[0] as number) < 0x80, "negative");
    assert.ok(length === 1 || bytes[0] !== 0 || (bytes[1] as number) >= 0x80, "leading zero");
    return { hex: toHex(bytes).replace(/^00/, "").padStart(64, "0"), end: at + 2 + length };
  };
  const r = integer(2);
  const s = integer(r.end);
  assert.equal(s.end, der.length);
  return { r: r.hex, s: s.hex };
}

describe("signatures", () => {
  test("are the deterministic ones of RFC 6979 where their r is short", () => {
    // Published r values of key 1; both have their top bit set, so our signatures are the next ones.
    const cases = [
      ["Satoshi Nakamoto", "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8"],
      [
        "All those moments will be lost in time, like tears in rain. Time to die...",
        "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b",
      ],
    ] as const;
    for (const [message, r] of cases) {
      const messageDigest = sha256(text(message));
      assert.equal(toHex(sign(messageDigest, one, { prehash: false })).slice(0, 64), r);
      const signature = signDigest(one, messageDigest);
      assert.ok((signature[0] as number) < 0x80);
      assert.ok(isSignature(signature, messageDigest, publicKeyOf(one)));
      assert.equal(toHex(signDigest(one, messageDigest)), toHex(signature));
    }
    const digest = fromHex("c37af31116d1b27caf68aae9e3ac82f1477929014d5b917657d0eb49478cb670");
    const key = fromHex("619c335025c7f4012e556c2a58b2506e30b8511b53ade95ea316fd8c3286feb9");
    assert.equal(
      toHex(signatureToDer(signDigest(key, digest))),
      "304402203609e17b84f6a7d30c80bfa610b5b4542f32a8a0d5447a12fb1366d7f01cc44a0220573a954c4518331561406f90300e8f3358f51928d43c212a8caed02de67eebee",
    );
  });

  test("verify, have a low S and a short r, and are strict DER of at most 70 bytes", () => {
    fc.assert(
      fc.property(privateKeys, digests, (key, digest) => {
        const signature = signDigest(key, digest);
        assert.ok(isSignature(signature, digest, publicKeyOf(key)));
        const der = signatureToDer(signature);
        const { r, s } = strictDer(der);
        assert.equal(r + s, toHex(signature));
        assert.ok(der.length <= 70);
        assert.ok(BigInt(`0x${s}`) <= 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n);
        const other = digest.with(0, (digest[0] as number) ^ 1);
        assert.ok(!isSignature(signature, other, publicKeyOf(key)));
      }),
      { numRuns: 60 },
    );
  });

  test("DER drops leading zeros and keeps numbers positive", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 64 }), fc.nat(31), fc.nat(31), (bytes, zerosR, zerosS) => {
        bytes.fill(0, 0, zerosR);
        bytes.fill(0, 32, 32 + zerosS);
        const { r, s } = strictDer(signatureToDer(bytes));
        assert.equal(r + s, toHex(bytes));
      }),
    );
  });

  test("private keys are the numbers from 1 to n - 1", () => {
    const n = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    assert.ok(isPrivateKey(one));
    assert.ok(isPrivateKey(fromHex(n.replace(/41$/, "40"))));
    assert.ok(!isPrivateKey(fromHex(n)));
    assert.ok(!isPrivateKey(new Uint8Array(32)));
    assert.ok(!isPrivateKey(one.subarray(1)));
  });
});
