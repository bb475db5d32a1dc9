import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as op from "@forkyard/core/script/opcodes";
import { runBytes, runParts } from "../../testing/run-script.ts";
import { SCRIPT_FLAGS } from "./flags.ts";

const { OP_0, OP_1, OP_DROP, OP_ENDIF, OP_IF, OP_NOP } = op;
const filled = (length: number): number[] => repeat(length, 7);
const repeat = (count: number, part: number): number[] => Array.from({ length: count }, () => part);

describe("limits of a script", () => {
  test("10,000 bytes", () => {
    assert.notEqual(runBytes(new Uint8Array(10_000)).error, "SCRIPT_SIZE");
    assert.equal(runBytes(new Uint8Array(10_001)).error, "SCRIPT_SIZE");
  });

  test("201 operations above OP_16, skipped ones included", () => {
    assert.equal(runParts(repeat(201, OP_NOP)).error, "OK");
    assert.equal(runParts(repeat(202, OP_NOP)).error, "OP_COUNT");
    assert.equal(runParts([OP_0, OP_IF, ...repeat(200, OP_NOP), OP_ENDIF]).error, "OP_COUNT");
    assert.equal(runParts(repeat(300, OP_1)).error, "OK");
  });

  test("520 bytes an element, skipped ones included", () => {
    assert.equal(runParts([new Uint8Array(520)]).error, "OK");
    assert.equal(runParts([new Uint8Array(521)]).error, "PUSH_SIZE");
    assert.equal(runParts([OP_0, OP_IF, new Uint8Array(521), OP_ENDIF]).error, "PUSH_SIZE");
  });

  test("1,000 elements on both stacks together", () => {
    assert.equal(runParts(repeat(1000, OP_1)).error, "OK");
    assert.equal(runParts(repeat(1001, OP_1)).error, "STACK_SIZE");
    const toAlt = Array.from({ length: 100 }, () => [OP_1, op.OP_TOALTSTACK]).flat();
    assert.equal(runParts([...toAlt, ...repeat(900, OP_1)]).error, "OK");
    assert.equal(runParts([...toAlt, ...repeat(901, OP_1)]).error, "STACK_SIZE");
  });
});

describe("opcodes without a meaning", () => {
  test("disabled ones fail the script even where they are skipped", () => {
    for (const opcode of [
      op.OP_CAT,
      op.OP_SUBSTR,
      op.OP_LEFT,
      op.OP_RIGHT,
      op.OP_INVERT,
      op.OP_AND,
      op.OP_OR,
      op.OP_XOR,
      op.OP_2MUL,
      op.OP_2DIV,
      op.OP_MUL,
      op.OP_DIV,
      op.OP_MOD,
      op.OP_LSHIFT,
      op.OP_RSHIFT,
    ]) {
      assert.equal(runParts([OP_0, OP_IF, opcode, OP_ENDIF]).error, "DISABLED_OPCODE", op.opcodeName(opcode));
    }
  });

  test("unknown and reserved ones fail where they run", () => {
    const reserved = [op.OP_RESERVED, op.OP_VER, op.OP_RESERVED1, op.OP_RESERVED2, op.OP_CHECKSIGADD, 0xbb, 0xff];
    for (const opcode of reserved) {
      assert.equal(runParts([opcode]).error, "BAD_OPCODE", op.opcodeName(opcode));
      assert.equal(runParts([OP_0, OP_IF, opcode, OP_ENDIF]).error, "OK", op.opcodeName(opcode));
    }
  });

  test("VERIF and VERNOTIF fail even where they are skipped", () => {
    for (const opcode of [op.OP_VERIF, op.OP_VERNOTIF]) {
      assert.equal(runParts([OP_0, OP_IF, opcode, OP_ENDIF]).error, "BAD_OPCODE");
    }
  });
});

describe("pushes", () => {
  test("a push beyond the end fails when the machine gets there, not before", () => {
    assert.deepEqual(runBytes(Uint8Array.of(OP_1, 5, 1, 2)), { error: "BAD_OPCODE", stack: ["01"] });
    assert.equal(runBytes(Uint8Array.of(op.OP_RETURN, 5, 1)).error, "OP_RETURN");
    assert.equal(runBytes(Uint8Array.of(OP_0, OP_IF, 5, 1)).error, "BAD_OPCODE");
  });

  test("numbers have opcodes of their own", () => {
    assert.deepEqual(runParts([OP_0, op.OP_1NEGATE, OP_1, op.OP_16]).stack, ["", "81", "01", "10"]);
  });

  test("MINIMALDATA asks for the shortest push, where it runs", () => {
    const flags = SCRIPT_FLAGS.MINIMALDATA;
    const long: readonly number[][] = [
      [1, 5],
      [1, 0x81],
      [op.OP_PUSHDATA1, 0],
      [op.OP_PUSHDATA1, 75, ...filled(75)],
      [op.OP_PUSHDATA2, 255, 0, ...filled(255)],
      [op.OP_PUSHDATA4, 0, 1, 0, 0, ...filled(256)],
    ];
    const short: readonly number[][] = [
      [1, 17],
      [1, 0],
      [75, ...filled(75)],
      [op.OP_PUSHDATA1, 76, ...filled(76)],
      [op.OP_PUSHDATA1, 255, ...filled(255)],
      [op.OP_PUSHDATA2, 0, 1, ...filled(256)],
    ];
    for (const script of long) {
      assert.equal(runBytes(Uint8Array.from(script), { flags }).error, "MINIMALDATA", String(script.slice(0, 3)));
      assert.equal(runBytes(Uint8Array.from(script)).error, "OK");
      assert.equal(runBytes(Uint8Array.of(OP_0, OP_IF, ...script, OP_ENDIF), { flags }).error, "OK");
    }
    for (const script of short) assert.equal(runBytes(Uint8Array.from(script), { flags }).error, "OK");
  });

  test("an operation that fails leaves no doubt which: the first in order", () => {
    assert.equal(runParts([OP_DROP, op.OP_RETURN]).error, "INVALID_STACK_OPERATION");
  });
});
