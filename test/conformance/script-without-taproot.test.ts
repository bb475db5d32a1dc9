import assert from "node:assert/strict";
import { test } from "node:test";
import { parseScriptFlags } from "@forkyard/consensus/rules/script/flags";
import { fromHex } from "@forkyard/core/bytes/bytes";
import { ByteReader } from "@forkyard/core/bytes/reader";
import { describeVectors } from "@forkyard/core/testing/vectors";
import { decodeOutput, Transaction, type TxInput } from "@forkyard/core/tx";
import { spendResult } from "./support/spends.ts";

interface Spend {
  readonly scriptSig: string;
  readonly witness: readonly string[];
}

interface Asset {
  readonly tx: string;
  readonly prevouts: readonly string[];
  readonly index: number;
  readonly flags: string;
  readonly comment: string;
  readonly success: Spend;
  readonly failure?: Spend;
}

/** Until taproot is built: its spends are refused by name, the others among the data decided as always. */
describeVectors("taproot-script-assets.jsonl.gz", (vectors) => {
  const assets = vectors
    .text("script/taproot-script-assets.jsonl.gz")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Asset);

  test("what is to succeed succeeds or is refused for taproot", (t) => {
    const count = { OK: 0, UNSUPPORTED_TAPROOT: 0 };
    for (const asset of assets) {
      const result = run(asset, asset.success);
      assert.ok(
        result === "OK" || (result === "UNSUPPORTED_TAPROOT" && asset.flags.includes("TAPROOT")),
        asset.comment,
      );
      count[result]++;
    }
    t.diagnostic(`${count.OK} passed, ${count.UNSUPPORTED_TAPROOT} need taproot`);
  });

  test("what is to fail fails", () => {
    const wrong = assets.filter((asset) => asset.failure !== undefined && run(asset, asset.failure) === "OK");
    assert.deepEqual(
      wrong.map(({ comment }) => comment),
      [],
    );
  });
});

function run({ tx: hex, prevouts, index, flags }: Asset, { scriptSig, witness }: Spend): string {
  const tx = Transaction.fromBytes(fromHex(hex));
  const filled = { scriptSig: fromHex(scriptSig), witness: witness.map(fromHex) };
  const inputs = tx.inputs.map((input, i): TxInput => (i === index ? { ...input, ...filled } : input));
  const output = decodeOutput(new ByteReader(fromHex(prevouts[index] ?? "")));
  return spendResult(
    new Transaction({ version: tx.version, inputs, outputs: tx.outputs, lockTime: tx.lockTime }),
    index,
    output,
    parseScriptFlags(flags),
  );
}
