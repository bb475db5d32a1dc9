import assert from "node:assert/strict";
import { test } from "node:test";
import {
  flagsForBlock,
  parseScriptFlags,
  SCRIPT_FLAGS,
  type ScriptFlags,
} from "@forkyard/consensus/rules/script/flags";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import { type Block, blockFromBytes } from "@forkyard/core/block";
import { fromHex } from "@forkyard/core/bytes/bytes";
import { RuleError } from "@forkyard/core/errors";
import { networkByName } from "@forkyard/core/params/networks";
import { describeVectors, type Vectors } from "@forkyard/core/testing/vectors";
import { Transaction, type TxOutput } from "@forkyard/core/tx";
import { curve } from "./support/spends.ts";

interface BlockFacts {
  readonly network: string;
  readonly height: number;
  readonly file: string;
  readonly spent_file?: string;
  readonly script_flags_historical: string;
}

interface SpentLine {
  readonly tx: number;
  readonly input: number;
  readonly value: number;
  readonly script: string;
}

describeVectors("scripts of real blocks", (vectors) => {
  for (const facts of vectors.json<readonly BlockFacts[]>("blocks/blocks.json")) {
    const { network, height, spent_file: spentFile } = facts;
    if (spentFile === undefined) continue;
    test(`${network} ${height}: every input, under today's flags`, (t) => {
      const block = blockFromBytes(vectors.bytes(`blocks/${facts.file}`));
      const params = networkByName(network === "testnet3" ? "testnet" : network);
      const spent = readSpent(vectors, spentFile);
      const flags = flagsForBlock(block.hash, height, params);
      const historical = flagsOfHistory(facts.script_flags_historical);
      assert.equal(flags & historical, historical, "the flags of history are among today's");
      const startMs = performance.now();
      const inputs = verifyBlock(block, spent, flags);
      t.diagnostic(`${inputs} inputs in ${Math.round(performance.now() - startMs)} ms`);
    });
  }

  test("an input with one bit of its signature changed is refused, with the script error's name", () => {
    const facts = vectors.json<readonly BlockFacts[]>("blocks/blocks.json").find(({ height }) => height === 170);
    assert.ok(facts?.spent_file !== undefined);
    const tx = blockFromBytes(vectors.bytes(`blocks/${facts.file}`)).txs[1];
    assert.ok(tx?.inputs[0] !== undefined);
    const scriptSig = tx.inputs[0].scriptSig.slice();
    scriptSig[20] = (scriptSig[20] as number) ^ 1;
    const changed = new Transaction({
      version: tx.version,
      inputs: [{ ...tx.inputs[0], scriptSig }],
      outputs: tx.outputs,
      lockTime: tx.lockTime,
    });
    const spent = readSpent(vectors, facts.spent_file).get(1) ?? [];
    assert.throws(
      () => verifyInput({ tx: changed, inputIndex: 0, spent, flags: SCRIPT_FLAGS.P2SH }, curve),
      (error) =>
        error instanceof RuleError &&
        error.code === "mandatory-script-verify-flag-failed" &&
        error.data["error"] === "EVAL_FALSE" &&
        error.data["input"] === 0,
    );
  });
});

/** What the inputs of each transaction spend, by the transaction's index in the block. */
function readSpent(vectors: Vectors, file: string): Map<number, TxOutput[]> {
  const spent = new Map<number, TxOutput[]>();
  for (const line of vectors.text(`blocks/${file}`).trim().split("\n")) {
    const { tx, input, value, script } = JSON.parse(line) as SpentLine;
    const outputs = spent.get(tx) ?? [];
    outputs[input] = { value: BigInt(value), scriptPubKey: fromHex(script) };
    spent.set(tx, outputs);
  }
  return spent;
}

/** Verifies every input but the coinbase's. @returns how many there are */
function verifyBlock(block: Block, spentBy: ReadonlyMap<number, readonly TxOutput[]>, flags: ScriptFlags): number {
  let inputs = 0;
  for (const [index, tx] of block.txs.entries()) {
    if (index === 0) continue;
    const spent = spentBy.get(index) ?? [];
    assert.equal(spent.length, tx.inputs.length);
    for (const inputIndex of tx.inputs.keys()) {
      verifyInput({ tx, inputIndex, spent, flags }, curve);
      inputs++;
    }
  }
  return inputs;
}

function flagsOfHistory(list: string): ScriptFlags {
  const names = list.replace("CLTV", "CHECKLOCKTIMEVERIFY").replace("CSV", "CHECKSEQUENCEVERIFY");
  return parseScriptFlags(names);
}
