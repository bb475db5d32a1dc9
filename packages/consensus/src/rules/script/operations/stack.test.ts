import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as op from "@forkyard/core/script/opcodes";
import { bytes, runParts } from "../../../testing/run-script.ts";

/** The stack before (top last), the operation, and the stack after. One element less before, and it must fail. */
const CASES: readonly (readonly [name: string, before: number[], opcode: number, after: number[]])[] = [
  ["2DROP", [1, 2], op.OP_2DROP, []],
  ["2DUP", [1, 2], op.OP_2DUP, [1, 2, 1, 2]],
  ["3DUP", [1, 2, 3], op.OP_3DUP, [1, 2, 3, 1, 2, 3]],
  ["2OVER", [1, 2, 3, 4], op.OP_2OVER, [1, 2, 3, 4, 1, 2]],
  ["2ROT", [1, 2, 3, 4, 5, 6], op.OP_2ROT, [3, 4, 5, 6, 1, 2]],
  ["2SWAP", [1, 2, 3, 4], op.OP_2SWAP, [3, 4, 1, 2]],
  ["IFDUP", [3], op.OP_IFDUP, [3, 3]],
  ["DROP", [1], op.OP_DROP, []],
  ["DUP", [7], op.OP_DUP, [7, 7]],
  ["NIP", [1, 2], op.OP_NIP, [2]],
  ["OVER", [1, 2], op.OP_OVER, [1, 2, 1]],
  ["ROT", [1, 2, 3], op.OP_ROT, [2, 3, 1]],
  ["SWAP", [1, 2], op.OP_SWAP, [2, 1]],
  ["TUCK", [1, 2], op.OP_TUCK, [2, 1, 2]],
  ["SIZE", [9], op.OP_SIZE, [9, 1]],
  ["TOALTSTACK", [9], op.OP_TOALTSTACK, []],
];

describe("stack operations", () => {
  for (const [name, before, opcode, after] of CASES) {
    test(name, () => {
      const expected = after.map((value) => value.toString(16).padStart(2, "0"));
      assert.deepEqual(runParts([...bytes(...before), opcode]), { error: "OK", stack: expected });
      assert.equal(runParts([...bytes(...before.slice(1)), opcode]).error, "INVALID_STACK_OPERATION");
    });
  }

  test("IFDUP leaves false alone", () => {
    assert.deepEqual(runParts([op.OP_0, op.OP_IFDUP]).stack, [""]);
  });

  test("DEPTH counts, and zero is empty", () => {
    assert.deepEqual(runParts([op.OP_DEPTH, op.OP_DEPTH, op.OP_DEPTH]).stack, ["", "01", "02"]);
  });

  test("the alt stack is a stack of its own", () => {
    const script = [...bytes(1, 2), op.OP_TOALTSTACK, op.OP_TOALTSTACK, op.OP_FROMALTSTACK, op.OP_FROMALTSTACK];
    assert.deepEqual(runParts(script).stack, ["01", "02"]);
    assert.equal(runParts([...bytes(1), op.OP_FROMALTSTACK]).error, "INVALID_ALTSTACK_OPERATION");
  });

  test("PICK copies and ROLL moves the element that a number names", () => {
    assert.deepEqual(runParts([...bytes(10, 11, 12), op.OP_2, op.OP_PICK]).stack, ["0a", "0b", "0c", "0a"]);
    assert.deepEqual(runParts([...bytes(10, 11, 12), op.OP_2, op.OP_ROLL]).stack, ["0b", "0c", "0a"]);
    assert.deepEqual(runParts([...bytes(10), op.OP_0, op.OP_ROLL]).stack, ["0a"]);
    for (const opcode of [op.OP_PICK, op.OP_ROLL]) {
      assert.equal(runParts([...bytes(10), op.OP_1, opcode]).error, "INVALID_STACK_OPERATION");
      assert.equal(runParts([...bytes(10), op.OP_1NEGATE, opcode]).error, "INVALID_STACK_OPERATION");
      assert.equal(runParts([op.OP_0, opcode]).error, "INVALID_STACK_OPERATION");
      assert.equal(runParts([...bytes(10), new Uint8Array(5), opcode]).error, "SCRIPTNUM");
    }
  });
});
