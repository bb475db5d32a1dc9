/** Real blocks with something changed: what accepts them whole must refuse them so. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkBlock } from "@forkyard/consensus/rules/check-block";
import { SCRIPT_FLAGS } from "@forkyard/consensus/rules/script/flags";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import { blockFromBytes } from "@forkyard/core/block";
import { fromHex } from "@forkyard/core/bytes/bytes";
import { DecodeError, RuleError } from "@forkyard/core/errors";
import { networkByName } from "@forkyard/core/params/networks";
import { describeVectors } from "@forkyard/core/testing/vectors";
import { Transaction } from "@forkyard/core/tx";
import { readSpent } from "./support/real-block.ts";
import { curve } from "./support/spends.ts";

describeVectors("mainnet block 170, changed", (vectors) => {
  const stem = "blocks/mainnet-0000170-00000000d1145790a8694403d4063f323d499e655c83426834d4ce2f8dd4a2ee";
  const bytes = vectors.bytes(`${stem}.raw`);

  test("any one flipped bit is refused, by its bytes or by a rule", () => {
    const params = networkByName("mainnet");
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.with(bit >> 3, (bytes[bit >> 3] as number) ^ (1 << (bit & 7)));
      assert.throws(
        () => checkBlock(blockFromBytes(flipped), params),
        (error) => error instanceof DecodeError || error instanceof RuleError,
        `bit ${bit}`,
      );
    }
  });

  test("an input with one bit of its signature changed is refused, with the script error's name", () => {
    const tx = blockFromBytes(bytes).txs[1];
    assert.ok(tx?.inputs[0] !== undefined);
    const scriptSig = tx.inputs[0].scriptSig.slice();
    scriptSig[20] = (scriptSig[20] as number) ^ 1;
    const changed = new Transaction({
      version: tx.version,
      inputs: [{ ...tx.inputs[0], scriptSig }],
      outputs: tx.outputs,
      lockTime: tx.lockTime,
    });
    const spent = readSpent(vectors.text(`${stem}.spent.jsonl.gz`)).map(({ value, script }) => ({
      value: BigInt(value),
      scriptPubKey: fromHex(script),
    }));
    assert.throws(
      () => verifyInput({ tx: changed, inputIndex: 0, spent, flags: SCRIPT_FLAGS.P2SH }, curve),
      (error) => error instanceof RuleError && error.data["error"] === "EVAL_FALSE" && error.data["input"] === 0,
    );
  });
});
