import assert from "node:assert/strict";
import { RuleError } from "@forkyard/core/errors";

/** Asserts that an action throws a RuleError with this code. */
export function refused(code: string, action: () => unknown): void {
  assert.throws(action, (error: unknown) => {
    assert.ok(error instanceof RuleError, String(error));
    assert.equal(error.code, code);
    return true;
  });
}
