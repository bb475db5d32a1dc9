import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { MANDATORY_SCRIPT_FLAGS } from "@forkyard/consensus/rules/script/flags";
import { buildBlock, inputOf, payment } from "@forkyard/consensus/testing/build-block";
import { keySpends } from "@forkyard/consensus/testing/key-spends";
import { TestChain } from "@forkyard/consensus/testing/test-chain";
import type { RuleError } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import { Transaction, type TxOutput } from "@forkyard/core/tx";
import fc from "fast-check";
import { systemClock, systemTimers } from "../../adapters/system-clock.ts";
import { SCRIPT_PART_INPUTS, SCRIPT_SLICE_MS } from "../../limits.ts";
import { runScripts } from "../../testing/run-scripts.ts";
import { firstScriptFailure, type ScriptJob, type TransactionScripts } from "../script-runner.ts";
import type { PoolThread, PoolThreadHandlers } from "./pool-thread.ts";
import { ScriptPool, type ScriptPoolOptions } from "./script-pool.ts";
import { SharedPart } from "./shared-part.ts";

const curve = selectCurve();
const { tip, params } = new TestChain();
const TRUE_SCRIPT = Uint8Array.of(0x51);
const FALSE_SCRIPT = Uint8Array.of(0x00);
const neverFails = (error: Error): void => assert.fail(error);

function poolWith(change: Partial<ScriptPoolOptions> = {}): ScriptPool {
  const ports = { curve, clock: systemClock, timers: systemTimers };
  return new ScriptPool({ ...ports, workers: 2, failed: neverFails, ...change });
}

/** Has the pool run these scripts of a block that holds other transactions too. */
function start(
  pool: ScriptPool,
  scripts: readonly TransactionScripts[],
  done: (failure: RuleError | undefined) => void,
): ScriptJob {
  const block = buildBlock(tip, params, { txs: scripts.map(({ tx }) => tx) });
  return runScripts(pool, block, scripts, done);
}

/** Transactions of so many inputs each; the inputs whose number is in the list fail, counted through all of them. */
function madeUpScripts(inputCounts: readonly number[], failing: ReadonlySet<number>): TransactionScripts[] {
  let input = 0;
  return inputCounts.map((count, n) => {
    const inputs = Array.from({ length: count }, (_, i) => inputOf((n + 1).toString(16).padStart(64, "0") as Txid, i));
    const spent = inputs.map((): TxOutput => {
      const scriptPubKey = failing.has(input) ? FALSE_SCRIPT : TRUE_SCRIPT;
      input += 1;
      return { value: BigInt(n), scriptPubKey };
    });
    return { tx: payment(inputs, [1n]), spent, flags: MANDATORY_SCRIPT_FLAGS };
  });
}

function signedScripts(count: number): TransactionScripts[] {
  return keySpends(count).map(({ tx, coin }) => ({ tx, spent: [coin.coin.output], flags: MANDATORY_SCRIPT_FLAGS }));
}

/** The same with another signature: that of an earlier transaction. */
function wronglySigned(scripts: readonly TransactionScripts[], at: number): TransactionScripts[] {
  const changed = [...scripts];
  const { tx, ...rest } = scripts[at] as TransactionScripts;
  const witness = scripts[at - 16]?.tx.inputs[0]?.witness ?? [];
  const inputs = tx.inputs.map((input) => ({ ...input, witness }));
  const { version, outputs, lockTime } = tx;
  changed[at] = { ...rest, tx: new Transaction({ version, inputs, outputs, lockTime }) };
  return changed;
}

const run = (pool: ScriptPool, scripts: readonly TransactionScripts[]): Promise<RuleError | undefined> =>
  new Promise((done) => start(pool, scripts, done));

const told = (failure: RuleError | undefined): unknown => failure && [failure.code, failure.data];

describe("a script pool", () => {
  const pool = poolWith();
  after(() => pool.close());

  test("says of any block what running one script after the other says", async () => {
    const plan = fc.record({
      inputCounts: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 3, maxLength: 40 }),
      failing: fc.array(fc.nat(1_200), { maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ inputCounts, failing }) => {
        const scripts = madeUpScripts(inputCounts, new Set(failing));
        const failure = await run(pool, scripts);
        assert.deepEqual(told(failure), told(firstScriptFailure(scripts, curve)));
      }),
      { numRuns: 100 },
    );
  });

  test("checks signatures, and names the first input whose signature is another's", async () => {
    const scripts = signedScripts(300);
    assert.equal(await run(pool, scripts), undefined);
    const wrong = wronglySigned(wronglySigned(scripts, 290), 77);
    const failure = await run(pool, wrong);
    assert.equal(failure?.data["txid"], wrong[77]?.tx.txid);
    assert.deepEqual(told(failure), told(firstScriptFailure(wrong, curve)));
  });

  test("gives a job up without a word, and takes the next", async () => {
    const answers: string[] = [];
    const first = start(pool, madeUpScripts([200], new Set([150])), () => answers.push("first"));
    const second = start(pool, madeUpScripts([200], new Set([3])), () => answers.push("second"));
    second.giveUp();
    first.giveUp();
    const before = [...answers];
    assert.equal(told(await run(pool, madeUpScripts([500], new Set()))), undefined);
    assert.deepEqual(answers, before);
  });

  test("several at once are answered in order", async () => {
    const answers: unknown[] = [];
    const jobs = [undefined, 5, 310, undefined].map((failing) =>
      madeUpScripts([300, 100], new Set(failing === undefined ? [] : [failing])),
    );
    await Promise.all(jobs.map(async (scripts) => answers.push(told(await run(pool, scripts)))));
    assert.deepEqual(
      answers,
      jobs.map((scripts) => told(firstScriptFailure(scripts, curve))),
    );
  });
});

/** A pool with one thread that only takes note of what it is asked. */
function watched(): { pool: ScriptPool; asked: SharedArrayBuffer[] } {
  const asked: SharedArrayBuffer[] = [];
  const thread = { help: (memory: SharedArrayBuffer) => void asked.push(memory), close: async () => {} };
  return { pool: poolWith({ workers: 1, startThread: () => thread as unknown as PoolThread }), asked };
}

describe("while a block is still gone through", () => {
  test("threads are given its first scripts, and its last when it is complete", async () => {
    const { pool, asked } = watched();
    const job = pool.open(buildBlock(tip, params, { txs: [] }));
    const scripts = madeUpScripts([SCRIPT_PART_INPUTS, 1, SCRIPT_PART_INPUTS], new Set());
    const seen = scripts.map((transaction) => {
      job.add(transaction);
      return asked.length;
    });
    assert.deepEqual(seen, [1, 1, 2]);
    job.add(...(madeUpScripts([1], new Set()) as [TransactionScripts]));
    assert.equal(await new Promise((done) => job.finish(done)), undefined);
    assert.equal(asked.length, 3);
    await pool.close();
  });

  test("a job that is given up leaves nothing to run, and the next has its turn", async () => {
    const { pool, asked } = watched();
    const job = pool.open(buildBlock(tip, params, { txs: [] }));
    for (const transaction of madeUpScripts([SCRIPT_PART_INPUTS, 7], new Set([3]))) job.add(transaction);
    job.giveUp();
    const part = new SharedPart(asked[0] as SharedArrayBuffer);
    assert.equal(part.isDecided(0), true);
    assert.equal(await run(pool, madeUpScripts([200], new Set())), undefined);
    await pool.close();
  });
});

describe("on the calling thread", () => {
  test("a few inputs are run at once, no thread is started for them", () => {
    const pool = poolWith({ startThread: () => assert.fail("a thread") });
    const answers: unknown[] = [];
    start(pool, madeUpScripts([1, 20, 3], new Set([22])), (failure) => answers.push(failure?.data["input"]));
    assert.deepEqual(answers, [1]);
  });

  test("few inputs that hash many bytes are not few", () => {
    const waiting: (() => void)[] = [];
    const timers = { after: (_: number, callback: () => void) => (waiting.push(callback), (): void => {}) };
    let nowMs = 0;
    const clock = { nowMs: () => nowMs, monotonicMs: () => (nowMs += SCRIPT_SLICE_MS) };
    const pool = poolWith({ workers: 0, timers, clock });
    const long = payment(
      Array.from({ length: 20 }, (_, i) => inputOf("aa".repeat(32) as Txid, i)),
      Array.from({ length: 1_000 }, () => 1n),
    );
    const spent = long.inputs.map(() => ({ value: 1n, scriptPubKey: TRUE_SCRIPT }));
    let answered = false;
    start(pool, [{ tx: long, spent, flags: MANDATORY_SCRIPT_FLAGS }], () => {
      answered = true;
    });
    assert.deepEqual([answered, waiting.length], [false, 1]);
  });

  test("a large block leaves the event loop its turns", async () => {
    // Each look at this clock, and there is one for every input, takes a millisecond.
    let nowMs = 0;
    let turns = 0;
    const clock = { nowMs: () => nowMs, monotonicMs: () => (nowMs += 1) };
    const timers = {
      after: (delayMs: number, callback: () => void): (() => void) => {
        turns += 1;
        return systemTimers.after(delayMs, callback);
      },
    };
    const pool = poolWith({ workers: 0, clock, timers });
    const inputs = 1_000;
    assert.equal(await run(pool, madeUpScripts([inputs], new Set())), undefined);
    assert.ok(turns >= inputs / SCRIPT_SLICE_MS - 1, `${turns} turns`);
  });
});

describe("a pool that cannot be trusted", () => {
  const busy = { help: () => {}, close: async () => {} } as unknown as PoolThread;

  test("a thread that ends is our own fault: nothing is answered any more", async () => {
    const errors: string[] = [];
    const handlers: PoolThreadHandlers[] = [];
    const startThread = (given: PoolThreadHandlers): PoolThread => {
      handlers.push(given);
      return busy;
    };
    // No slice ever ends the job by itself.
    const timers = { after: () => (): void => {} };
    let nowMs = 0;
    const clock = { nowMs: () => nowMs, monotonicMs: () => (nowMs += SCRIPT_SLICE_MS) };
    const pool = poolWith({ startThread, timers, clock, failed: (error) => void errors.push(error.message) });
    let answered = false;
    start(pool, madeUpScripts([500], new Set()), () => {
      answered = true;
    });
    assert.equal(handlers.length, 2);
    for (const reason of ["out of memory", "ended"]) handlers[0]?.failed(new Error(reason));
    assert.deepEqual([errors, answered], [["out of memory"], false]);
    await pool.close();
  });

  test("a thread that does not start is told of", async () => {
    const error = await new Promise<Error>((failed) => {
      const pool = poolWith({ curve: { ...curve, name: "no such engine" }, workers: 1, failed });
      start(pool, signedScripts(200), () => {});
      after(() => pool.close());
    });
    assert.match(error.message, /no secp256k1 engine works/);
  });
});
