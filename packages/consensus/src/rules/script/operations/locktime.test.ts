import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { encodeScriptNumber } from "@forkyard/core/script/codec";
import { OP_0, OP_1NEGATE, OP_CHECKLOCKTIMEVERIFY, OP_CHECKSEQUENCEVERIFY } from "@forkyard/core/script/opcodes";
import { MATCHING_CHECKER, runParts } from "../../../testing/run-script.ts";
import { SCRIPT_FLAGS, type ScriptFlags } from "../flags.ts";
import type { SignatureChecker } from "../signature-checker.ts";

const asked: number[] = [];
const reached = (value: number): boolean => {
  asked.push(value);
  return value <= 100;
};
const checker: SignatureChecker = { ...MATCHING_CHECKER, checkLockTime: reached, checkSequence: reached };
const run = (value: bigint, opcode: number, flags: ScriptFlags): string =>
  runParts([encodeScriptNumber(value), opcode], { checker, flags }).error;

for (const [name, opcode, flags] of [
  ["CHECKLOCKTIMEVERIFY (BIP65)", OP_CHECKLOCKTIMEVERIFY, SCRIPT_FLAGS.CHECKLOCKTIMEVERIFY],
  ["CHECKSEQUENCEVERIFY (BIP112)", OP_CHECKSEQUENCEVERIFY, SCRIPT_FLAGS.CHECKSEQUENCEVERIFY],
] as const) {
  describe(name, () => {
    test("asks the transaction and leaves the stack as it was", () => {
      assert.equal(run(100n, opcode, flags), "OK");
      assert.equal(run(101n, opcode, flags), "UNSATISFIED_LOCKTIME");
      assert.deepEqual(runParts([OP_0, opcode], { checker, flags }), { error: "OK", stack: [""] });
    });

    test("does nothing without its flag", () => {
      assert.equal(run(101n, opcode, 0), "OK");
      assert.equal(runParts([opcode], { checker }).error, "OK");
    });

    test("refuses negative numbers and more than five bytes, and needs one", () => {
      assert.equal(runParts([OP_1NEGATE, opcode], { checker, flags }).error, "NEGATIVE_LOCKTIME");
      assert.equal(runParts([new Uint8Array(6), opcode], { checker, flags }).error, "SCRIPTNUM");
      assert.equal(runParts([opcode], { checker, flags }).error, "INVALID_STACK_OPERATION");
      asked.length = 0;
      assert.equal(run(0x7fffffffn, opcode, flags), "UNSATISFIED_LOCKTIME");
      assert.deepEqual(asked, [0x7fffffff]);
    });
  });
}

test("a sequence with the disable bit asks for nothing, with a time above 2^31 CHECKLOCKTIMEVERIFY does", () => {
  const number = encodeScriptNumber(0x80000000n);
  const flags = SCRIPT_FLAGS.CHECKLOCKTIMEVERIFY | SCRIPT_FLAGS.CHECKSEQUENCEVERIFY;
  assert.equal(runParts([number, OP_CHECKSEQUENCEVERIFY], { checker, flags }).error, "OK");
  assert.equal(runParts([number, OP_CHECKLOCKTIMEVERIFY], { checker, flags }).error, "UNSATISFIED_LOCKTIME");
});
