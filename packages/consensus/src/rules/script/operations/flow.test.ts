import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as op from "@forkyard/core/script/opcodes";
import { bytes, runParts } from "../../../testing/run-script.ts";
import { SCRIPT_FLAGS } from "../flags.ts";

const { OP_0, OP_1, OP_2, OP_3, OP_ELSE, OP_ENDIF, OP_IF, OP_NOP, OP_NOTIF } = op;

describe("branches", () => {
  test("IF and NOTIF take one side", () => {
    assert.deepEqual(runParts([OP_1, OP_IF, OP_2, OP_ELSE, OP_3, OP_ENDIF]), { error: "OK", stack: ["02"] });
    assert.deepEqual(runParts([OP_0, OP_IF, OP_2, OP_ELSE, OP_3, OP_ENDIF]), { error: "OK", stack: ["03"] });
    assert.deepEqual(runParts([OP_1, OP_NOTIF, OP_2, OP_ELSE, OP_3, OP_ENDIF]), { error: "OK", stack: ["03"] });
  });

  test("ELSE may come more than once", () => {
    assert.deepEqual(runParts([OP_1, OP_IF, OP_1, OP_ELSE, OP_2, OP_ELSE, OP_3, OP_ENDIF]).stack, ["01", "03"]);
  });

  test("nothing runs inside a branch that is skipped, nested ones and their ELSE included", () => {
    const inner = [OP_IF, op.OP_RETURN, OP_ELSE, op.OP_RETURN, OP_ENDIF];
    assert.deepEqual(runParts([OP_0, OP_IF, ...inner, OP_ENDIF, OP_2]), { error: "OK", stack: ["02"] });
  });

  test("every negative zero is false", () => {
    assert.deepEqual(runParts([Uint8Array.of(0, 0x80), OP_IF, OP_2, OP_ENDIF]).stack, []);
    assert.deepEqual(runParts([Uint8Array.of(0x80, 0), OP_IF, OP_2, OP_ENDIF]).stack, ["02"]);
  });

  test("must be opened and closed", () => {
    assert.equal(runParts([OP_1, OP_IF]).error, "UNBALANCED_CONDITIONAL");
    assert.equal(runParts([OP_ELSE]).error, "UNBALANCED_CONDITIONAL");
    assert.equal(runParts([OP_ENDIF]).error, "UNBALANCED_CONDITIONAL");
    assert.equal(runParts([OP_IF, OP_ENDIF]).error, "INVALID_STACK_OPERATION");
  });

  test("MINIMALIF asks for empty or exactly 1, in witnesses only", () => {
    const script = [...bytes(2), OP_IF, OP_1, OP_ENDIF];
    const flags = SCRIPT_FLAGS.MINIMALIF;
    assert.equal(runParts(script, { flags, version: "witness-v0" }).error, "MINIMALIF");
    assert.equal(
      runParts([Uint8Array.of(1, 0), ...script.slice(1)], { flags, version: "witness-v0" }).error,
      "MINIMALIF",
    );
    assert.equal(runParts(script, { flags, version: "base" }).error, "OK");
    assert.equal(runParts(script, { version: "witness-v0" }).error, "OK");
    assert.equal(runParts([OP_1, ...script.slice(1)], { flags, version: "witness-v0" }).error, "OK");
  });
});

describe("ends and no-operations", () => {
  test("VERIFY fails on false, RETURN always", () => {
    assert.deepEqual(runParts([OP_1, op.OP_VERIFY]), { error: "OK", stack: [] });
    assert.equal(runParts([OP_0, op.OP_VERIFY]).error, "VERIFY");
    assert.equal(runParts([op.OP_VERIFY]).error, "INVALID_STACK_OPERATION");
    assert.equal(runParts([OP_1, op.OP_RETURN]).error, "OP_RETURN");
  });

  test("NOPs kept for soft forks pass unless they are discouraged; NOP itself always passes", () => {
    const kept = [op.OP_NOP1, op.OP_NOP4, op.OP_NOP5, op.OP_NOP6, op.OP_NOP7, op.OP_NOP8, op.OP_NOP9, op.OP_NOP10];
    const flags = SCRIPT_FLAGS.DISCOURAGE_UPGRADABLE_NOPS;
    for (const nop of kept) {
      assert.equal(runParts([nop]).error, "OK");
      assert.equal(runParts([nop], { flags }).error, "DISCOURAGE_UPGRADABLE_NOPS");
      assert.equal(runParts([OP_0, OP_IF, nop, OP_ENDIF], { flags }).error, "OK");
    }
    assert.equal(runParts([OP_NOP], { flags }).error, "OK");
  });
});
