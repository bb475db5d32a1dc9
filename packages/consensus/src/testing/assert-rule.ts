import assert from "node:assert/strict";
import { RuleError } from "@forkyard/core/errors";
import type { RuleCode } from "../rules/codes.ts";

/** Runs `action`, which must throw a RuleError with this code; gives the error. */
export function assertRule(code: RuleCode, action: () => unknown): RuleError {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof RuleError, `expected the rule ${code} to be broken, got ${String(error)}`);
    assert.equal(error.code, code);
    return error;
  }
  return assert.fail(`expected the rule ${code} to be broken, but nothing was`);
}
