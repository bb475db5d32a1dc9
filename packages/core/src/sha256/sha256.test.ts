import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { sha256, sha256EngineName, tryUseSha256 } from "../hash.ts";
import type { Sha256Engine } from "../ports/sha256.ts";
import { nobleSha256 } from "./noble.ts";
import { firstWrongDigest } from "./self-test.ts";

const openssl = (...pieces: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(pieces.reduce((hash, piece) => hash.update(piece), createHash("sha256")).digest());

describe("SHA-256 in JavaScript", () => {
  test("is OpenSSL's, whole, twice and in pieces, and a clone goes its own way", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (a, b) => {
        assert.deepEqual(nobleSha256.digest(a), openssl(a));
        assert.deepEqual(nobleSha256.digestTwice(a), openssl(openssl(a)));
        const stream = nobleSha256.stream().update(a);
        assert.deepEqual(stream.clone().update(b).digest(), openssl(a, b));
        assert.deepEqual(stream.update(a).digest(), openssl(a, a));
      }),
    );
  });
});

describe("an engine", () => {
  const zeros = new Uint8Array(32);
  const cases: readonly (readonly [fault: Partial<Sha256Engine>, refused: RegExp])[] = [
    [{ digest: () => zeros }, /known message of 0/],
    [{ digest: (bytes) => (bytes.length === 119 ? zeros : nobleSha256.digest(bytes)) }, /digest of 119 bytes/],
    [{ digest: (bytes) => (bytes.length > 4_096 ? zeros : nobleSha256.digest(bytes)) }, /digest of 9999 bytes/],
    [{ digestTwice: (bytes) => nobleSha256.digest(bytes) }, /wrong double digest of 0 bytes/],
    [{ stream: sharedStream }, /cloned stream of 0 bytes/],
  ];

  for (const [fault, refused] of cases) {
    test(`with a fault in ${Object.keys(fault).join()} is not taken: ${refused.source}`, () => {
      const before = sha256EngineName();
      assert.match(tryUseSha256(broken(fault)) ?? "", refused);
      assert.equal(sha256EngineName(), before);
    });
  }

  test("that is sound is taken, and hashes from then on", () => {
    let asked = 0;
    const counting = broken({
      digest: (bytes) => {
        asked += 1;
        return nobleSha256.digest(bytes);
      },
    });
    assert.equal(tryUseSha256(counting), undefined);
    asked = 0;
    assert.deepEqual(sha256(zeros), openssl(zeros));
    assert.equal(asked, 1);
    assert.equal(firstWrongDigest(nobleSha256), undefined);
    assert.equal(tryUseSha256(nobleSha256), undefined);
    assert.equal(sha256EngineName(), "noble");
  });
});

/** Sound but for one thing. */
function broken(fault: Partial<Sha256Engine>): Sha256Engine {
  return { ...nobleSha256, name: "broken", ...fault };
}

/** A clone that is the stream itself. */
function sharedStream(): ReturnType<Sha256Engine["stream"]> {
  const stream = nobleSha256.stream();
  return Object.assign(stream, { clone: () => stream });
}
