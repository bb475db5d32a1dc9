import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RuleError } from "@forkyard/core/errors";
import {
  condemnsHash,
  isMutation,
  MUTATION_CODES,
  RULE_CODES,
  rejectReason,
  ruleError,
  SCRIPT_FAILED,
} from "./codes.ts";

describe("codes", () => {
  test("a body that may be a damaged copy never condemns its hash", () => {
    for (const code of [
      "bad-txnmrklroot",
      "bad-txns-duplicate",
      "bad-witness-nonce-size",
      "bad-witness-merkle-match",
      "unexpected-witness",
    ] as const) {
      assert.equal(isMutation(ruleError(code)), true, code);
      assert.equal(condemnsHash(ruleError(code)), false, code);
    }
    assert.equal(isMutation(ruleError("bad-cb-missing", { mutated: true })), true);
    assert.equal(isMutation(ruleError("bad-cb-missing", { mutated: false })), false);
  });

  test("a block from the future may be fine later; everything else is for good", () => {
    assert.equal(condemnsHash(ruleError("time-too-new")), false);
    assert.equal(isMutation(ruleError("time-too-new")), false);
    assert.equal(condemnsHash(ruleError("bad-cb-amount")), true);
  });

  test("mutation codes are documented codes", () => {
    for (const code of MUTATION_CODES) assert.ok(Object.hasOwn(RULE_CODES, code), code);
  });

  test("the reject reason is bitcoind's", () => {
    assert.equal(rejectReason(ruleError("bad-version", { version: "0x00000001" })), "bad-version(0x00000001)");
    assert.equal(rejectReason(ruleError("high-hash")), "high-hash");
    assert.equal(
      rejectReason(new RuleError(SCRIPT_FAILED, { error: "NULLFAIL" })),
      "block-script-verify-flag-failed (Signature must be zero for failed CHECK(MULTI)SIG operation)",
    );
  });
});
