import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import { keySpends } from "@forkyard/consensus/testing/key-spends";
import { RuleError } from "@forkyard/core/errors";
import { Transaction } from "@forkyard/core/tx";
import { checkScripts } from "./policy/scripts.ts";
import { rejectionOf } from "./reject-reason.ts";

const curve = selectCurve();
const { tx, coin } = keySpends(1)[0] ?? assert.fail("no spend was made");
const input = tx.inputs[0] ?? assert.fail("a spend has an input");

/** The spend with another witness, refused for its script. */
function refusalOf(witness: readonly Uint8Array[]): { readonly error: RuleError; readonly refused: Transaction } {
  const refused = new Transaction({
    version: tx.version,
    inputs: [{ ...input, witness }],
    outputs: tx.outputs,
    lockTime: tx.lockTime,
  });
  try {
    checkScripts(refused, [coin.coin.output], (check) => verifyInput(check, curve));
  } catch (error) {
    if (error instanceof RuleError) return { error, refused };
    throw error;
  }
  return assert.fail("the script passed");
}

describe("what bitcoind answers for a refused transaction", () => {
  test("a failed script: the error under the rules of relay, and which input it was", () => {
    const signature = Uint8Array.from(input.witness[0] ?? []);
    signature[10] = (signature[10] ?? 0) ^ 1;
    const { error, refused } = refusalOf([signature, input.witness[1] ?? new Uint8Array(0)]);
    assert.equal(error.code, "mandatory-script-verify-flag-failed");
    // A block says EVAL_FALSE of it: NULLFAIL is a rule of relay.
    const reason = "mempool-script-verify-flag-failed (Signature must be zero for failed CHECK(MULTI)SIG operation)";
    const { txid, wtxid } = refused;
    assert.deepEqual(rejectionOf(error, refused), {
      reason,
      details: `${reason}, input 0 of ${txid} (wtxid ${wtxid}), spending ${input.prevout.txid}:0`,
    });
  });

  test("a script that only relay forbids has the same reason", () => {
    const error = new RuleError("mempool-script-verify-flag-failed", { error: "CLEANSTACK", input: 0 });
    const { reason } = rejectionOf(error, tx);
    assert.equal(reason, "mempool-script-verify-flag-failed (Stack size must be exactly one after execution)");
  });

  test("everything else: its code, and its values as details", () => {
    assert.deepEqual(rejectionOf(new RuleError("dust", { output: 1 }), tx), {
      reason: "dust",
      details: "dust, output=1",
    });
    assert.deepEqual(rejectionOf(new RuleError("version"), tx), { reason: "version", details: "version" });
  });
});
