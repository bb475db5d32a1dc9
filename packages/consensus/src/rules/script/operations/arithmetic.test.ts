import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toHex } from "@forkyard/core/bytes/bytes";
import { encodeScriptNumber } from "@forkyard/core/script/codec";
import * as op from "@forkyard/core/script/opcodes";
import * as fc from "fast-check";
import { bytes, runParts } from "../../../testing/run-script.ts";
import { SCRIPT_FLAGS } from "../flags.ts";

const MAX = 2n ** 31n - 1n;
const numbers = fc.oneof(
  fc.bigInt({ min: -MAX, max: MAX }),
  fc.bigInt({ min: -2n, max: 2n }),
  fc.constantFrom(MAX, -MAX),
);
const flag = (value: boolean): bigint => (value ? 1n : 0n);

const UNARY: readonly (readonly [number, (a: bigint) => bigint])[] = [
  [op.OP_1ADD, (a) => a + 1n],
  [op.OP_1SUB, (a) => a - 1n],
  [op.OP_NEGATE, (a) => -a],
  [op.OP_ABS, (a) => (a < 0n ? -a : a)],
  [op.OP_NOT, (a) => flag(a === 0n)],
  [op.OP_0NOTEQUAL, (a) => flag(a !== 0n)],
];

const BINARY: readonly (readonly [number, (a: bigint, b: bigint) => bigint])[] = [
  [op.OP_ADD, (a, b) => a + b],
  [op.OP_SUB, (a, b) => a - b],
  [op.OP_BOOLAND, (a, b) => flag(a !== 0n && b !== 0n)],
  [op.OP_BOOLOR, (a, b) => flag(a !== 0n || b !== 0n)],
  [op.OP_NUMEQUAL, (a, b) => flag(a === b)],
  [op.OP_NUMNOTEQUAL, (a, b) => flag(a !== b)],
  [op.OP_LESSTHAN, (a, b) => flag(a < b)],
  [op.OP_GREATERTHAN, (a, b) => flag(a > b)],
  [op.OP_LESSTHANOREQUAL, (a, b) => flag(a <= b)],
  [op.OP_GREATERTHANOREQUAL, (a, b) => flag(a >= b)],
  [op.OP_MIN, (a, b) => (a < b ? a : b)],
  [op.OP_MAX, (a, b) => (a > b ? a : b)],
];

describe("arithmetic", () => {
  for (const [opcode, compute] of UNARY) {
    test(`${op.opcodeName(opcode)} as in whole numbers`, () => {
      fc.assert(
        fc.property(numbers, (a) => {
          assert.deepEqual(runParts([encodeScriptNumber(a), opcode]).stack, [toHex(encodeScriptNumber(compute(a)))]);
        }),
      );
      assert.equal(runParts([opcode]).error, "INVALID_STACK_OPERATION");
    });
  }

  for (const [opcode, compute] of BINARY) {
    test(`${op.opcodeName(opcode)} as in whole numbers`, () => {
      fc.assert(
        fc.property(numbers, numbers, (a, b) => {
          const { stack } = runParts([encodeScriptNumber(a), encodeScriptNumber(b), opcode]);
          assert.deepEqual(stack, [toHex(encodeScriptNumber(compute(a, b)))]);
        }),
      );
      assert.equal(runParts([op.OP_1, opcode]).error, "INVALID_STACK_OPERATION");
    });
  }

  test("WITHIN takes the lower bound in and the upper bound out", () => {
    const results = [4, 5, 7, 8].map((value) => runParts([...bytes(value, 5, 8), op.OP_WITHIN]).stack);
    assert.deepEqual(results, [[""], ["01"], ["01"], [""]]);
    assert.equal(runParts([...bytes(5, 8), op.OP_WITHIN]).error, "INVALID_STACK_OPERATION");
  });

  test("reads four bytes at most, but may give five", () => {
    const max = encodeScriptNumber(MAX);
    assert.deepEqual(runParts([max, max, op.OP_ADD]).stack, [toHex(encodeScriptNumber(2n * MAX))]);
    assert.equal(runParts([max, max, op.OP_ADD, op.OP_1ADD]).error, "SCRIPTNUM");
  });

  test("MINIMALDATA refuses numbers with needless bytes, the rules without it do not", () => {
    const long = Uint8Array.of(1, 0);
    assert.deepEqual(runParts([long, op.OP_1ADD]).stack, ["02"]);
    assert.equal(runParts([long, op.OP_1ADD], { flags: SCRIPT_FLAGS.MINIMALDATA }).error, "SCRIPTNUM");
  });

  test("NUMEQUALVERIFY compares numbers, EQUAL and EQUALVERIFY bytes", () => {
    const long = Uint8Array.of(1, 0);
    assert.deepEqual(runParts([long, op.OP_1, op.OP_NUMEQUALVERIFY]), { error: "OK", stack: [] });
    assert.equal(runParts([op.OP_2, op.OP_1, op.OP_NUMEQUALVERIFY]).error, "NUMEQUALVERIFY");
    assert.deepEqual(runParts([long, op.OP_1, op.OP_EQUAL]).stack, [""]);
    assert.deepEqual(runParts([op.OP_1, op.OP_1, op.OP_EQUAL]).stack, ["01"]);
    assert.equal(runParts([long, op.OP_1, op.OP_EQUALVERIFY]).error, "EQUALVERIFY");
    assert.deepEqual(runParts([op.OP_1, op.OP_1, op.OP_EQUALVERIFY]), { error: "OK", stack: [] });
    assert.equal(runParts([op.OP_1, op.OP_EQUAL]).error, "INVALID_STACK_OPERATION");
  });
});
