import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import {
  MANDATORY_SCRIPT_FLAGS,
  NO_SCRIPT_FLAGS,
  SCRIPT_FLAGS,
  STANDARD_SCRIPT_FLAGS,
} from "@forkyard/consensus/rules/script/flags";
import { buildBlock, inputOf, payment } from "@forkyard/consensus/testing/build-block";
import { keySpends } from "@forkyard/consensus/testing/key-spends";
import { TestChain } from "@forkyard/consensus/testing/test-chain";
import type { Block } from "@forkyard/core/block";
import type { RuleError } from "@forkyard/core/errors";
import type { Txid, Wtxid } from "@forkyard/core/hash";
import type { Curve } from "@forkyard/core/ports/curve";
import { Transaction } from "@forkyard/core/tx";
import { runScripts } from "../testing/run-scripts.ts";
import { cachedScriptRunner } from "./cached-script-runner.ts";
import { MempoolScripts } from "./mempool-scripts.ts";
import { inlineScriptRunner, type ScriptRunner, type TransactionScripts } from "./script-runner.ts";
import { VerifiedTransactions } from "./verified-transactions.ts";

const curve = selectCurve();
const zeros = { bytes: (length: number): Uint8Array => new Uint8Array(length) };
const wtxid = (n: number): Wtxid => n.toString(16).padStart(64, "0") as Wtxid;
const spends: TransactionScripts[] = keySpends(3).map(({ tx, coin }) => ({
  tx,
  spent: [coin.coin.output],
  flags: MANDATORY_SCRIPT_FLAGS,
}));
const [first, second, third] = spends as [TransactionScripts, TransactionScripts, TransactionScripts];

function blockOf(scripts: readonly TransactionScripts[]): Block {
  const { tip, params } = new TestChain();
  return buildBlock(tip, params, { txs: scripts.map(({ tx }) => tx) });
}

/** What the runner says of a block of these transactions. */
function answerTo(runner: ScriptRunner, scripts: readonly TransactionScripts[]): RuleError | undefined {
  const answers: (RuleError | undefined)[] = [];
  runScripts(runner, blockOf(scripts), scripts, (failure) => answers.push(failure));
  assert.equal(answers.length, 1);
  return answers[0];
}

function withWitness(tx: Transaction, witness: readonly Uint8Array[]): Transaction {
  const { version, outputs, lockTime } = tx;
  return new Transaction({ version, inputs: tx.inputs.map((input) => ({ ...input, witness })), outputs, lockTime });
}

/** The curve, counting questions about signatures. */
function countingCurve(): { readonly curve: Curve; asked: number } {
  const counter = {
    asked: 0,
    curve: {
      ...curve,
      verifyEcdsa: (signature: Uint8Array, digest: Uint8Array, key: Uint8Array) => {
        counter.asked += 1;
        return curve.verifyEcdsa(signature, digest, key);
      },
    },
  };
  return counter;
}

describe("transactions known to pass", () => {
  test("are known under the very flags alone", () => {
    const verified = new VerifiedTransactions(zeros);
    verified.add(first.tx.wtxid, MANDATORY_SCRIPT_FLAGS);
    assert.equal(verified.has(first.tx.wtxid, MANDATORY_SCRIPT_FLAGS), true);
    for (const flags of [STANDARD_SCRIPT_FLAGS, NO_SCRIPT_FLAGS, MANDATORY_SCRIPT_FLAGS & ~SCRIPT_FLAGS.NULLDUMMY]) {
      assert.equal(verified.has(first.tx.wtxid, flags), false);
    }
  });

  test("another witness is another transaction, though its txid is the same", () => {
    const verified = new VerifiedTransactions(zeros);
    verified.add(first.tx.wtxid, MANDATORY_SCRIPT_FLAGS);
    const other = withWitness(first.tx, second.tx.inputs[0]?.witness ?? []);
    assert.equal(other.txid, first.tx.txid);
    assert.equal(verified.has(other.wtxid, MANDATORY_SCRIPT_FLAGS), false);
  });

  test("keys depend on the salt", () => {
    const salts: Uint8Array[] = [];
    const random = {
      bytes: (length: number): Uint8Array => {
        salts.push(new Uint8Array(length).fill(salts.length));
        return salts.at(-1) as Uint8Array;
      },
    };
    const keys = [1, 2].map(() => new VerifiedTransactions(random).keyOf(wtxid(1), NO_SCRIPT_FLAGS));
    assert.notEqual(keys[0], keys[1]);
    assert.ok(salts.every((salt) => salt.length >= 16));
  });

  test("the oldest go when there are too many", () => {
    const verified = new VerifiedTransactions(zeros, 3);
    for (let n = 1; n <= 5; n++) verified.add(wtxid(n), NO_SCRIPT_FLAGS);
    verified.add(wtxid(5), NO_SCRIPT_FLAGS);
    assert.equal(verified.size, 3);
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((n) => verified.has(wtxid(n), NO_SCRIPT_FLAGS)),
      [false, false, true, true, true],
    );
  });
});

/** Counts what comes through the cache. */
function cached(): { runner: ScriptRunner; verified: VerifiedTransactions; run: Txid[] } {
  const run: Txid[] = [];
  const inline = inlineScriptRunner(curve);
  const verified = new VerifiedTransactions(zeros);
  const inner: ScriptRunner = {
    open(block) {
      const job = inline.open(block);
      return {
        add(scripts) {
          run.push(scripts.tx.txid);
          job.add(scripts);
        },
        finish: (done) => job.finish(done),
        giveUp: () => job.giveUp(),
      };
    },
  };
  return { runner: cachedScriptRunner(verified, inner), verified, run };
}

describe("the scripts of a block", () => {
  test("are run once, whatever block they come in", () => {
    const { runner, run } = cached();
    assert.equal(answerTo(runner, [first, second]), undefined);
    assert.equal(answerTo(runner, [second, third, first]), undefined);
    assert.deepEqual(run, [first.tx.txid, second.tx.txid, third.tx.txid]);
  });

  test("of a block that fails nothing is kept; a known transaction does not hide one that fails", () => {
    const { runner, verified } = cached();
    const bad = { ...first, tx: withWitness(first.tx, second.tx.inputs[0]?.witness ?? []) };
    const failed = "mandatory-script-verify-flag-failed";
    assert.equal(answerTo(runner, [second, bad])?.code, failed);
    assert.equal(verified.size, 0);
    assert.equal(answerTo(runner, [first, second]), undefined);
    assert.equal(answerTo(runner, [second, bad])?.code, failed);
  });
});

function mempoolScripts(flags = MANDATORY_SCRIPT_FLAGS): {
  scripts: MempoolScripts;
  verified: VerifiedTransactions;
  counter: { readonly curve: Curve; asked: number };
} {
  const verified = new VerifiedTransactions(zeros);
  const counter = countingCurve();
  return { scripts: new MempoolScripts(counter.curve, verified, () => flags), verified, counter };
}

describe("scripts that the mempool runs", () => {
  test("are known for the next block, each signature checked once", () => {
    const { scripts, verified, counter } = mempoolScripts();
    const { tx, spent } = first;
    scripts.verify({ tx, spent, inputIndex: 0, flags: STANDARD_SCRIPT_FLAGS });
    assert.equal(verified.has(tx.wtxid, MANDATORY_SCRIPT_FLAGS), true);
    assert.equal(verified.has(tx.wtxid, STANDARD_SCRIPT_FLAGS), false);
    assert.deepEqual([verified.size, counter.asked], [1, 1]);
  });

  test("only when every input passed", () => {
    const { scripts, verified } = mempoolScripts();
    const tx = payment(
      [0, 1, 2].map((vout) => inputOf(first.tx.txid, vout)),
      [1n],
    );
    const spent = tx.inputs.map((_, i) => ({ value: 1n, scriptPubKey: Uint8Array.of(i === 2 ? 0x00 : 0x51) }));
    const verify = (inputIndex: number): void => scripts.verify({ tx, spent, inputIndex, flags: NO_SCRIPT_FLAGS });
    verify(0);
    verify(1);
    assert.throws(() => verify(2));
    assert.throws(() => verify(2));
    verify(1);
    assert.equal(verified.size, 0);
    for (const inputIndex of [0, 1, 0, 1, 1]) verify(inputIndex);
    assert.equal(verified.size, 0, "three inputs that passed are not all three");
  });

  test("what relay lets pass and a block could not hold is refused", () => {
    const { scripts, verified } = mempoolScripts();
    const tx = payment([inputOf(first.tx.txid, 0, { witness: [Uint8Array.of(1)] })], [1n]);
    const spent = [{ value: 1n, scriptPubKey: Uint8Array.of(0x51) }];
    assert.throws(() => scripts.verify({ tx, spent, inputIndex: 0, flags: NO_SCRIPT_FLAGS }), {
      code: "mandatory-script-verify-flag-failed",
    });
    assert.equal(verified.size, 0);
  });
});
