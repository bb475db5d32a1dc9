import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Block } from "@forkyard/core/block";
import { concatBytes, fromHex } from "@forkyard/core/bytes/bytes";
import { ByteWriter } from "@forkyard/core/bytes/writer";
import { AssertionFault } from "@forkyard/core/errors";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import { buildScript } from "@forkyard/core/script/codec";
import { OP_1 } from "@forkyard/core/script/opcodes";
import { payToPublicKey } from "@forkyard/core/script/templates";
import { Transaction } from "@forkyard/core/tx";
import { selectCurve } from "../curve/select-curve.ts";
import { assertRule } from "../testing/assert-rule.ts";
import { buildBlock, coinbaseFor, merkleRootOf, mine, withCommitment } from "../testing/build-block.ts";
import { signDigest, testKey } from "../testing/signing.ts";
import { checkBlock } from "./check-block.ts";
import { isMutation } from "./codes.ts";
import { genesisEntry } from "./genesis-entry.ts";
import { legacySighash } from "./script/sighash/legacy.ts";
import { hasSignetSolution, signetSpending } from "./signet.ts";

const curve = selectCurve();
const key = testKey(9);
const CHALLENGE = payToPublicKey(key.publicKey);
const HEADER = fromHex("ecc7daa2");
const params: NetworkParams = { ...networkByName("regtest"), name: "testsignet", signetChallenge: CHALLENGE };
const parent = genesisEntry(params);

/** A block whose commitment output goes on with `tail`. */
function blockWith(tail: Uint8Array, time = parent.header.time + 1): Block {
  const plain = withCommitment(coinbaseFor(1, 0n, 0), []);
  const outputs = plain.outputs.map((output, i) =>
    i === plain.outputs.length - 1 ? { ...output, scriptPubKey: concatBytes(output.scriptPubKey, tail) } : output,
  );
  const coinbase = new Transaction({ version: plain.version, inputs: plain.inputs, outputs, lockTime: plain.lockTime });
  return buildBlock(parent, params, { coinbase, header: { time } });
}

function solution(scriptSig: Uint8Array, witness: readonly Uint8Array[] = [], rest = new Uint8Array(0)): Uint8Array {
  const writer = new ByteWriter().bytes(HEADER).varBytes(scriptSig).compactSize(witness.length);
  for (const item of witness) writer.varBytes(item);
  return buildScript([writer.bytes(rest).finish().slice()]);
}

/** What solves a block of that time. */
function signature(time?: number): Uint8Array {
  const unsigned = signetSpending(blockWith(solution(new Uint8Array(0)), time), CHALLENGE) as Transaction;
  return buildScript([signDigest(key, legacySighash(unsigned, 0, CHALLENGE, 1), 1)]);
}

function solves(tail: Uint8Array, challenge: Uint8Array = CHALLENGE, time?: number): boolean {
  return hasSignetSolution(blockWith(tail, time), challenge, curve);
}

describe("block solutions (BIP325)", () => {
  test("a signature for the challenge solves the block that it was made for", () => {
    const block = blockWith(solution(signature()));
    assert.ok(hasSignetSolution(block, CHALLENGE, curve));
    checkBlock(block, params, curve);
    assert.equal(solves(solution(signature()), CHALLENGE, parent.header.time + 2), false, "the time is signed");
    const remined = mine({ ...block.header, nonce: block.header.nonce + 1 }, block.txs);
    assert.ok(hasSignetSolution(remined, CHALLENGE, curve), "the nonce is not");
  });

  test("no solution, an empty one, one of another key or with a bit changed does not", () => {
    const wrong = signature();
    wrong[20] = (wrong[20] as number) ^ 1;
    for (const tail of [new Uint8Array(0), solution(new Uint8Array(0)), solution(wrong)]) {
      assert.equal(solves(tail), false);
      assertRule("bad-signet-blksig", () => checkBlock(blockWith(tail), params, curve));
    }
    assert.equal(solves(solution(signature()), payToPublicKey(testKey(8).publicKey)), false);
  });

  test("bytes behind the answer, or too few, are no solution", () => {
    const trivial = buildScript([OP_1]);
    assert.equal(solves(solution(new Uint8Array(0), [], Uint8Array.of(0)), trivial), false);
    assert.equal(solves(buildScript([concatBytes(HEADER, Uint8Array.of(5))]), trivial), false);
    assert.equal(solves(buildScript([HEADER]), trivial), true, "the header alone holds none");
  });

  test("a challenge that asks for nothing needs no solution, but still a commitment to hold one", () => {
    const trivial = buildScript([OP_1]);
    assert.equal(solves(new Uint8Array(0), trivial), true);
    assert.equal(hasSignetSolution(buildBlock(parent, params), trivial, curve), false);
  });

  test("only the first solution counts, and what cannot be read after it is not signed", () => {
    const first = solution(signature());
    assert.equal(
      solves(concatBytes(first, solution(new Uint8Array(0)))),
      false,
      "the second is part of what is signed",
    );
    assert.equal(solves(concatBytes(first, Uint8Array.of(75))), true);
    const unreadable = buildScript([concatBytes(HEADER, Uint8Array.of(5))]);
    assert.equal(solves(concatBytes(solution(new Uint8Array(0)), unreadable), buildScript([OP_1])), true);
  });

  test("the genesis block needs none, and a network without challenge asks for none", () => {
    checkBlock(params.genesis, params, curve);
    checkBlock(blockWith(new Uint8Array(0)), networkByName("regtest"));
    assert.throws(() => checkBlock(blockWith(new Uint8Array(0)), params), AssertionFault);
  });

  test("a failure condemns the header only when the body is its own", () => {
    const block = blockWith(new Uint8Array(0));
    const own = assertRule("bad-signet-blksig", () => checkBlock(block, params, curve));
    assert.equal(isMutation(own), false);
    const foreign = { ...block, txs: [coinbaseFor(1, 1n, 3)] };
    assert.notEqual(merkleRootOf(foreign.txs), block.header.merkleRoot);
    assert.ok(isMutation(assertRule("bad-signet-blksig", () => checkBlock(foreign, params, curve))));
  });
});
