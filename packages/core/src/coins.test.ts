import assert from "node:assert/strict";
import { test } from "node:test";
import { isUnspendable } from "./coins.ts";
import { OP_RETURN } from "./script/opcodes.ts";

test("a script makes no coin when it begins with OP_RETURN or is too long to run", () => {
  assert.equal(isUnspendable(Uint8Array.of(OP_RETURN)), true);
  assert.equal(isUnspendable(Uint8Array.of(OP_RETURN, 1, 2)), true);
  assert.equal(isUnspendable(new Uint8Array(10_001)), true);
  assert.equal(isUnspendable(new Uint8Array(10_000)), false);
  assert.equal(isUnspendable(new Uint8Array(0)), false);
  assert.equal(isUnspendable(Uint8Array.of(0x51, OP_RETURN)), false);
});
