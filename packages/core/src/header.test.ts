import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { fromHex, toHex } from "./bytes/bytes.ts";
import { ByteReader } from "./bytes/reader.ts";
import { DecodeError } from "./errors.ts";
import { hash256, hashToString } from "./hash.ts";
import { blockHashOf, decodeHeader, encodeHeader, headerFromBytes } from "./header.ts";
import { headers } from "./testing/arbitraries.ts";

/** Block 1 of mainnet. */
const BLOCK_1 =
  "010000006fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000982051fd1e4ba744bbbe680e1fee14677ba1a3c3540bf7b1cdb606e857233e0e61bc6649ffff001d01e36299";

describe("block header", () => {
  test("is 80 bytes: version, parent, merkle root, time, bits, nonce", () => {
    const header = headerFromBytes(fromHex(BLOCK_1));
    assert.deepEqual(header, {
      version: 1,
      prevHash: "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
      merkleRoot: "0e3e2357e806b6cdb1f70b54c3a3a17b6714ee1f0e68bebb44a74b1efd512098",
      time: 1231469665,
      bits: 0x1d00ffff,
      nonce: 2573394689,
    });
    assert.equal(toHex(encodeHeader(header)), BLOCK_1);
    assert.equal(blockHashOf(header), "00000000839a8e6886ab5951d76f411475428afc90947ee320161bbf18eb6048");
  });

  test("any header gives back its fields, and any 80 bytes their own", () => {
    fc.assert(fc.property(headers, (header) => assert.deepEqual(headerFromBytes(encodeHeader(header)), header)));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 80, maxLength: 80 }), (bytes) => {
        const header = headerFromBytes(bytes);
        assert.deepEqual(encodeHeader(header), bytes);
        assert.equal(blockHashOf(header), hashToString(hash256(bytes)));
      }),
    );
  });

  test("one byte less or more is refused", () => {
    assert.throws(() => headerFromBytes(fromHex(BLOCK_1.slice(2))), DecodeError);
    assert.throws(() => headerFromBytes(fromHex(`${BLOCK_1}00`)), DecodeError);
    const reader = new ByteReader(fromHex(`${BLOCK_1}00`));
    decodeHeader(reader);
    assert.equal(reader.remaining, 1);
  });
});
