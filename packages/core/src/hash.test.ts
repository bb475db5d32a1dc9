import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { fromHex, toHex } from "./bytes/bytes.ts";
import {
  type BlockHash,
  hash160,
  hash256,
  hashToBytes,
  hashToString,
  isHashString,
  sha256,
  ZERO_HASH,
} from "./hash.ts";

const openssl = (algorithm: string, bytes: Uint8Array): Uint8Array =>
  new Uint8Array(createHash(algorithm).update(bytes).digest());

describe("hashes", () => {
  test("agree with another implementation for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        assert.deepEqual(sha256(bytes), openssl("sha256", bytes));
        assert.deepEqual(hash256(bytes), openssl("sha256", openssl("sha256", bytes)));
        assert.deepEqual(hash160(bytes), openssl("ripemd160", openssl("sha256", bytes)));
      }),
    );
  });

  test("known values: nothing, and the generator point's public key", () => {
    assert.equal(toHex(sha256(new Uint8Array(0))), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    const generator = fromHex("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798");
    assert.equal(toHex(hash160(generator)), "751e76e8199196d454941c45d1b3a323f1433bd6");
  });

  test("are shown with their bytes reversed", () => {
    const bytes = Uint8Array.from({ length: 32 }, (_, i) => i);
    const shown = hashToString<BlockHash>(bytes);
    assert.equal(shown.slice(0, 4), "1f1e");
    assert.deepEqual(hashToBytes(shown), bytes);
    assert.deepEqual(hashToBytes(ZERO_HASH), new Uint8Array(32));
  });

  test("untrusted text is a hash only as 64 lower-case digits", () => {
    const hash = "0123456789abcdef".repeat(4);
    assert.ok(isHashString(hash));
    for (const text of [
      hash.toUpperCase(),
      hash.slice(1),
      `${hash}0`,
      `${hash}\n`,
      `${hash.slice(1)}g`,
      ` ${hash.slice(1)}`,
      "",
    ]) {
      assert.equal(isHashString(text), false, JSON.stringify(text));
    }
  });
});
