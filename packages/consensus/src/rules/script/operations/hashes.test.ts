import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import * as op from "@forkyard/core/script/opcodes";
import { runParts } from "../../../testing/run-script.ts";

const message = new TextEncoder().encode("Forkyard");
const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();
const ripemd160 = (bytes: Uint8Array): Buffer => createHash("ripemd160").update(bytes).digest();

const EXPECTED: readonly (readonly [number, Buffer])[] = [
  [op.OP_RIPEMD160, ripemd160(message)],
  [op.OP_SHA1, createHash("sha1").update(message).digest()],
  [op.OP_SHA256, sha256(message)],
  [op.OP_HASH160, ripemd160(sha256(message))],
  [op.OP_HASH256, sha256(sha256(message))],
];

describe("hashes", () => {
  for (const [opcode, expected] of EXPECTED) {
    test(`${op.opcodeName(opcode)} as in OpenSSL`, () => {
      assert.deepEqual(runParts([message, opcode]), { error: "OK", stack: [expected.toString("hex")] });
      assert.equal(runParts([opcode]).error, "INVALID_STACK_OPERATION");
    });
  }
});
