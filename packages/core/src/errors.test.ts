import assert from "node:assert/strict";
import { test } from "node:test";
import { AssertionFault, DecodeError, assert as hold, InputError, RuleError } from "./errors.ts";

test("a broken rule is told by its code and the values that broke it", () => {
  const bare = new RuleError("bad-cb-length");
  assert.deepEqual(
    [bare.name, bare.code, bare.message, bare.data],
    ["RuleError", "bad-cb-length", "bad-cb-length", {}],
  );
  const full = new RuleError("bad-cb-amount", { pays: "5", limit: 4, mutated: false });
  assert.equal(full.message, "bad-cb-amount (pays=5, limit=4, mutated=false)");
});

test("bytes that do not decode are told with their place", () => {
  const error = new DecodeError("needs 4 bytes, 1 are left", 12);
  assert.deepEqual(
    [error.name, error.offset, error.message],
    ["DecodeError", 12, "needs 4 bytes, 1 are left at byte 12"],
  );
});

test("the kinds are told apart, and an assertion fails only when broken", () => {
  hold(true, "never seen");
  assert.throws(() => hold(false, "two and two"), AssertionFault);
  const kinds = [new DecodeError("", 0), new RuleError(""), new InputError(""), new AssertionFault("")];
  assert.equal(new Set(kinds.map(({ name }) => name)).size, kinds.length);
  assert.ok(!(kinds[2] instanceof RuleError));
});
