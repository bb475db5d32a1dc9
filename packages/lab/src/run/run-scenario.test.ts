import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runCommand } from "../exec/run-command.ts";
import { parseScenario } from "../scenario/parse-scenario.ts";
import { scenarioTemplate } from "../scenario/template.ts";
import { junitXml } from "./junit.ts";
import type { ScenarioResult } from "./result.ts";
import { runScenario, type ScenarioOptions } from "./run-scenario.ts";
import { simulatedWorlds } from "./simulated-worlds.ts";

const docs = readFileSync(new URL("../../../../docs/scenarios.md", import.meta.url), "utf8");
const example = /## An example\n\n```yaml\n([\s\S]*?)```/.exec(docs)?.[1] ?? "";

function run(source: string, options: Partial<ScenarioOptions> = {}): Promise<ScenarioResult> {
  return runScenario(parseScenario(source, "test.yaml"), simulatedWorlds, { source, ...options });
}

function failures(result: Omit<ScenarioResult, "variants">): readonly string[] {
  return result.expectations.filter(({ passed }) => !passed).map(({ text, observed }) => `${text}: ${observed}`);
}

/** Two nodes that mine when they are told to. */
const BY_HAND = `title: by hand
network: { bootstrap: 5, maturity: 2 }
nodes: { a: , b: }
link: { latency: 10ms }
wallets: { alice: { node: a, coins: 20 btc }, bob: b }
`;

test("the example of the documentation: the deposit is taken back, and the same seed does the same", async () => {
  const [first, again, other] = [await run(example), await run(example), await run(example, { seed: 2 })];
  assert.deepEqual(failures(first), []);
  assert.equal(first.passed, true);
  assert.equal(first.ended, "done");
  assert.equal(first.traceHash, again.traceHash);
  assert.deepEqual(first, again);
  assert.notEqual(first.traceHash, other.traceHash);
  const fates = Object.fromEntries(first.payments.map(({ payment, fate, on }) => [payment, `${fate} on ${on}`]));
  assert.deepEqual(fates, { deposit: "reversed on exchange", refund: "confirmed on mallory" });
  assert.equal(first.balances["thief"]?.before, 10_000_000_000);
});

test("the template runs and passes with any seed, its variant too", async () => {
  for (const seed of [1, 2, 3]) {
    const result = await run(scenarioTemplate(), { seed });
    assert.deepEqual([...failures(result), ...result.variants.flatMap(failures)], [], `seed ${seed}`);
    assert.deepEqual(
      result.variants.map(({ variant, reorgs }) => [variant, reorgs.some(({ node }) => node === "shop")]),
      [["finality", false]],
    );
  }
});

test("every kind of step by hand", async () => {
  const result = await run(`${BY_HAND}timeline:
  - pay: { id: rent, from: alice, to: bob, amount: 1 btc, into: hold }
  - announce: { id: rent, at: b }
  - when: { mempool: { payment: rent, on: a } }
    censor: { node: a, payments: [rent] }
  - mine: { node: a }
  - when: { blocks: { on: b, atLeast: 1 } }
    mine: { node: b, blocks: 2 }
  - when: { confirmations: { payment: rent, on: a, atLeast: 2 } }
    partition: [[a], [b]]
  - do: [mine: { node: a }, mine: { node: b, blocks: 2 }]
  - heal: true
  - when: { reorg: { on: a, depth: 1 } }
    invalidate: { node: a, tipOf: b, depth: 1 }
  - after: 5s
    do: [note: operator gives in, reconsider: a]
  - when: { oneTip: all }
    do: [crash: b, start: { node: b, disk: wipe }]
  - after: 1m
    do: [clock: { node: a, offset: -1h }, link: { between: [a, b], latency: 1s, up: true }]
  - do: [hashPower: { a: 100% }]
end: { height: { on: b, atLeast: 12 } }
timeLimit: 30d
expect:
  - payment: { id: rent, on: a, fate: confirmed, confirmations: { atLeast: 3 } }
  - reorg: { on: a, depth: { atLeast: 1 } }
  - balance: { wallet: bob, amount: { atLeast: 1 btc } }
  - oneTip: [a, b]
  - sameBlock: { nodes: [a, b], height: 10 }
  - tips: { count: 2, ever: true }
  - supply: a
`);
  assert.deepEqual(failures(result), []);
  assert.equal(result.ended, "done");
});

test("what does not hold fails with what was seen instead", async () => {
  const result = await run(`${BY_HAND}timeline:
  - pay: { id: rent, from: bob, to: alice, amount: 1 btc }
  - repeat: { every: 10s, times: 3 }
    mine: { node: a }
  - invalidate: { node: a, tipOf: a, depth: 50 }
settle: 1m
expect:
  - height: { on: a, height: 9 }
  - blocks: { on: b, blocks: { atMost: 2 } }
  - blocksShare: { on: b, miner: b, share: { atLeast: 1% } }
  - tipMiner: { on: b, miner: b }
  - reorg: { on: a, depth: { atLeast: 1 } }
  - reorgs: { on: a, count: 1 }
  - refused: { on: a, count: { atLeast: 1 } }
  - payment: { id: rent, on: a, fate: mempool }
  - balance: { wallet: alice, amount: { atMost: 1 sat } }
  - sameBlock: { nodes: [a, b], height: 99 }
  - oneTip: all
`);
  assert.equal(result.passed, false);
  assert.deepEqual(
    failures(result)
      .slice(0, 2)
      .map((text) => text.replace(/pay: .*/, "pay: …")),
    [
      "the step on line 7 is carried out: pay: …",
      "the step on line 10 is carried out: 50 blocks below the tip of a is before the scenario began",
    ],
  );
  assert.deepEqual(failures(result).slice(2), [
    "a's chain has height 9: 8",
    "b's chain grows by at most 2 blocks: 3",
    "b mined at least 1% of b's new blocks: 0 of 3 blocks, 0%",
    "the last block on b is b's: it is a's",
    "a's deepest reorganisation takes back at least 1 block: 0 blocks",
    "a has 1 reorganisation of depth 1 or more: 0",
    "a refuses at least 1 block: 0",
    "rent is mempool on a: it is never-seen",
    "alice has at most 0.00000001 btc: 120 btc",
    "a and b have the same block at height 99: both have none",
  ]);
  assert.match(junitXml(result), /failures="12".*\n.*<failure message="pay: /);
});

test("a step that is never reached ends at the time limit", async () => {
  const result = await run(`${BY_HAND}timeline:
  - when: { height: { on: a, atLeast: 99 } }
    heal: true
timeLimit: 1h
expect: [{ oneTip: all }]
`);
  assert.deepEqual([result.ended, result.endedAtMs, result.passed], ["time-limit", 3_600_000, true]);
});

function executing(script: string, expectExit = 0): string {
  return `${BY_HAND}timeline:
  - at: 5m
    exec: { command: [${JSON.stringify(process.execPath)}, -e, ${JSON.stringify(script)}], expectExit: ${expectExit}, timeLimit: 20s }
  - mine: { node: a }
expect: [{ blocks: { on: a, blocks: 1 } }]
`;
}

test("commands of the user's run only when that is allowed, with the clock standing still", async () => {
  const check = "process.exit(process.env.FORKYARD_TIME_MS === '300000' && process.env.FORKYARD_SEED === '4' ? 7 : 1)";
  const allowed = await run(executing(check, 7), { exec: runCommand, seed: 4 });
  assert.deepEqual(failures(allowed), []);
  assert.equal(allowed.endedAtMs, 310_000);
  const refused = await run(executing(check, 7));
  assert.match(failures(refused).join(), /only run with --allow-exec/);
  const wrong = await run(executing("console.log('balance is wrong'); process.exit(3)"), { exec: runCommand });
  assert.match(failures(wrong).join(), /ended with 3, not 0 \(balance is wrong\)/);
});

test("a command that takes too long is stopped, what it writes is cut off", async () => {
  const request = { timeLimitMs: 300, environment: {} };
  const endless = await runCommand({ ...request, command: [process.execPath, "-e", "setInterval(() => {}, 1000)"] });
  assert.equal(endless.exit, -1);
  assert.match(endless.output, /time limit 300 ms/);
  const script = "process.stdout.write('x'.repeat(1e6))";
  const loud = await runCommand({ timeLimitMs: 20_000, environment: {}, command: [process.execPath, "-e", script] });
  assert.equal(loud.exit, 0);
  assert.equal(loud.output.length, 65_536);
  assert.equal((await runCommand({ ...request, command: ["/no/such/program"] })).exit, -1);
});

test("a double spend by its fee: a mempool takes the higher one, and a step may fail", async () => {
  const result = await run(`${BY_HAND}timeline:
  - pay: { id: dear, from: alice, to: bob, amount: 1 btc, feeRate: 50 }
  - after: 1s
    doubleSpend: { id: cheap, of: dear, into: { mempoolOf: b }, feeRate: 3 }
    mayFail: true
  - after: 1s
    doubleSpend: { id: dearer, of: dear, into: { mempoolOf: b }, feeRate: 100 }
  - after: 1s
    mine: { node: b }
expect:
  - payment: { id: dear, on: b, fate: dropped }
  - payment: { id: cheap, on: b, fate: never-seen }
  - payment: { id: dearer, on: b, fate: confirmed }
`);
  assert.deepEqual(failures(result), []);
});

test("a block that the node itself refuses fails the step; the same step again and again is told once", async () => {
  const result = await run(`${BY_HAND}timeline:
  - mine: { node: a, version: 2 }
  - do: [{ pay: { id: much, from: alice, to: bob, amount: 1000 btc } }]
    repeat: { every: 1s, times: 5 }
expect: [{ oneTip: all }]
`);
  const [mined, paid, ...others] = failures(result);
  assert.match(mined ?? "", /^the step on line 7 is carried out: mine: a refuses the block itself/);
  assert.match(paid ?? "", /^the step on line 8 .*, and 4 more$/);
  assert.deepEqual(others, []);
});

test("an exchange and a merchant change their confirmations and halt in the middle", async () => {
  const result = await run(`${BY_HAND}actors:
  desk: { kind: exchange, wallet: bob, confirmations: 1 }
  till: { kind: merchant, wallet: bob, confirmations: 9 }
timeline:
  - pay: { id: first, from: alice, to: bob, amount: 1 btc }
  - after: 1s
    mine: { node: a }
  - after: 1s
    adjust: { actor: desk, confirmations: 3, halted: true }
  - pay: { id: second, from: alice, to: bob, amount: 2 btc }
  - after: 1s
    mine: { node: a, blocks: 2 }
  - after: 1s
    mine: { node: a }
  - after: 1s
    do: [adjust: { actor: desk, halted: false }, adjust: { actor: till, confirmations: 3 }]
expect:
  - result: { till.accepted: 2, till.firstAcceptedHeight: 9 }
  - result: { desk.accepted: 2, desk.firstAcceptedHeight: 6, desk.withdrawnSatoshis: 300000000, desk.halted: false }
`);
  assert.deepEqual(failures(result), []);
});
