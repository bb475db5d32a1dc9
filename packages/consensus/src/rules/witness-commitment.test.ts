import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { concatBytes } from "@forkyard/core/bytes/bytes";
import { hash256, hashToBytes, type Txid } from "@forkyard/core/hash";
import { coinbaseFor, inputOf, payment } from "../testing/build-block.ts";
import {
  findWitnessCommitment,
  witnessCommitment,
  witnessCommitmentScript,
  witnessMerkleRoot,
} from "./witness-commitment.ts";

const COMMITMENT = new Uint8Array(32).fill(7);
const script = witnessCommitmentScript(COMMITMENT);

function commitmentIn(...scripts: Uint8Array[]): Uint8Array | undefined {
  const outputs = scripts.map((scriptPubKey) => ({ value: 0n, scriptPubKey }));
  return findWitnessCommitment({ txs: [coinbaseFor(1, 0n, 0, { outputs })] });
}

describe("witness commitment", () => {
  test("is over wtxids, with zeros for the coinbase, and the nonce", () => {
    const tx = payment([inputOf("11".repeat(32) as Txid, 0, { witness: [Uint8Array.of(1)] })], [1n]);
    const root = hash256(concatBytes(new Uint8Array(32), hashToBytes(tx.wtxid)));
    const txs = [coinbaseFor(1, 0n, 0), tx];
    assert.deepEqual(witnessMerkleRoot(txs), root);
    const nonce = new Uint8Array(32).fill(9);
    assert.deepEqual(witnessCommitment(txs, nonce), hash256(concatBytes(root, nonce)));
  });

  test("is found in the last output that has one, with anything behind it", () => {
    const other = witnessCommitmentScript(new Uint8Array(32).fill(8));
    assert.equal(commitmentIn(Uint8Array.of(0x51)), undefined);
    assert.deepEqual(commitmentIn(other, script, Uint8Array.of(0x51)), COMMITMENT);
    assert.deepEqual(commitmentIn(concatBytes(script, Uint8Array.of(1, 2, 3))), COMMITMENT);
  });

  test("needs its exact start and all its bytes", () => {
    assert.equal(commitmentIn(script.subarray(0, 37)), undefined);
    for (let i = 0; i < 6; i++) {
      assert.equal(commitmentIn(script.with(i, (script[i] as number) ^ 1)), undefined, `byte ${i}`);
    }
  });
});
