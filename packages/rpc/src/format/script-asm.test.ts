import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fromHex } from "@forkyard/core/bytes/bytes";
import { scriptAsm } from "./script-asm.ts";
import { scriptTypeName } from "./script-json.ts";

const KEY = `02${"11".repeat(32)}`;
const LONG_KEY = `04${"11".repeat(64)}`;
/** A DER signature with hash type ALL. */
const SIGNATURE = "3006020101020101";

describe("scripts in words", () => {
  test("opcodes, small numbers, pushes, and a push that promises too much", () => {
    const cases: readonly (readonly [string, string])[] = [
      ["", ""],
      ["00", "0"],
      ["4f5160", "-1 1 16"],
      ["76a9", "OP_DUP OP_HASH160"],
      ["0104", "4"],
      ["04ffffffff", "-2147483647"],
      ["050102030405", "0102030405"],
      ["b1b2", "OP_CHECKLOCKTIMEVERIFY OP_CHECKSEQUENCEVERIFY"],
      ["6a05aa", "OP_RETURN [error]"],
    ];
    for (const [hex, asm] of cases) assert.equal(scriptAsm(fromHex(hex)), asm, hex);
  });

  test("hash types of signatures are named in scriptSig only", () => {
    for (const [type, name] of [
      ["01", "[ALL]"],
      ["83", "[SINGLE|ANYONECANPAY]"],
    ]) {
      const script = fromHex(`09${SIGNATURE}${type}`);
      assert.equal(scriptAsm(script, true), `${SIGNATURE}${name}`);
      assert.equal(scriptAsm(script), `${SIGNATURE}${type}`);
    }
    assert.equal(scriptAsm(fromHex(`09${SIGNATURE}05`), true), `${SIGNATURE}05`);
    assert.equal(scriptAsm(fromHex("09300602018102010101"), true), "300602018102010101");
  });

  test("types of output scripts", () => {
    const cases: readonly (readonly [string, string])[] = [
      [`21${KEY}ac`, "pubkey"],
      [`41${LONG_KEY}ac`, "pubkey"],
      [`21${KEY.replace("02", "05")}ac`, "nonstandard"],
      [`76a914${"00".repeat(20)}88ac`, "pubkeyhash"],
      [`a914${"00".repeat(20)}87`, "scripthash"],
      [`0014${"00".repeat(20)}`, "witness_v0_keyhash"],
      [`0020${"00".repeat(32)}`, "witness_v0_scripthash"],
      [`5120${"00".repeat(32)}`, "witness_v1_taproot"],
      ["51024e73", "anchor"],
      [`5220${"00".repeat(32)}`, "witness_unknown"],
      [`5121${KEY}21${KEY}52ae`, "multisig"],
      [`5221${KEY}51ae`, "nonstandard"],
      [`5121${KEY}21${KEY}51ae`, "nonstandard"],
      ["6a0401020304", "nulldata"],
      ["6a76", "nonstandard"],
      ["51", "nonstandard"],
    ];
    for (const [hex, type] of cases) assert.equal(scriptTypeName(fromHex(hex)), type, hex);
  });
});
