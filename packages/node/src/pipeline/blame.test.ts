import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RULE_CODES } from "@forkyard/consensus/rules/codes";
import { RuleError } from "@forkyard/core/errors";
import { blameForBlock, blameForTransaction } from "./blame.ts";

describe("blame for a block", () => {
  test("falls on the sender for everything that an honest forwarder must have noticed", () => {
    const innocent = Object.keys(RULE_CODES).filter((code) => blameForBlock(new RuleError(code)) === "ignore");
    assert.deepEqual(innocent.toSorted(), ["bad-prevblk", "time-too-new"]);
    assert.equal(blameForBlock(new RuleError("mandatory-script-verify-flag-failed")), "reject");
  });

  test("never for what depends on when and in what order things came", () => {
    for (const code of ["prev-blk-not-found", "duplicate", "duplicate-invalid", "time-too-new", "bad-prevblk"]) {
      assert.equal(blameForBlock(new RuleError(code)), "ignore", code);
    }
  });
});

describe("blame for a transaction", () => {
  test("falls on the sender only for faults that are the same on every node at every time", () => {
    for (const code of ["bad-txns-vin-empty", "bad-txns-vout-negative", "bad-txns-inputs-duplicate", "coinbase"]) {
      assert.equal(blameForTransaction(new RuleError(code)), "reject", code);
    }
  });

  test("never for policy, or for the state of chain and mempool", () => {
    const states = [
      "txn-already-in-mempool",
      "txn-mempool-conflict",
      "insufficient fee",
      "min relay fee not met",
      "mempool min fee not met",
      "bad-txns-inputs-missingorspent",
      "bad-txns-premature-spend-of-coinbase",
      "non-final",
      "dust",
      "scriptpubkey",
      "something-new",
    ];
    for (const code of states) assert.equal(blameForTransaction(new RuleError(code)), "ignore", code);
  });
});
