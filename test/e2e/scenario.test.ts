/** Scenarios, traces, sweeps, odds and random worlds in the simulator, by the command alone. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { ScenarioResult } from "@forkyard/lab/run/result";
import { Home } from "./support/command.ts";

const COIN = 100_000_000;
const HASH = /^[0-9a-f]{64}$/;

/** A majority takes two blocks back; a command is run when its branch is longer and nobody knows of it yet. */
const ATTACK = `title: An exchange that is asked in the middle of an attack
network: { rules: devnet, blockInterval: 10m }
nodes: { exchange: 0%, miner: 40%, mallory: 60% }
wallets:
  thief: { node: mallory, coins: 100 btc }
  deposits: exchange
timeline:
  - at: 1m
    do:
      - pay: { id: deposit, from: thief, to: deposits, amount: 50 btc }
      - withhold: { node: mallory, branch: secret }
      - doubleSpend: { id: refund, of: deposit, into: { branch: secret } }
  - when:
      all:
        - confirmations: { payment: deposit, on: exchange, atLeast: 2 }
        - ahead: { node: mallory, branch: secret, blocks: 1 }
    do:
      - exec: { command: COMMAND }
      - publish: { node: mallory, branch: secret }
end: { reorg: { on: exchange, depth: 2 } }
timeLimit: 30d
expect:
  - payment: { id: deposit, on: exchange, fate: reversed }
`;

const SWEEP = `title: Selfish mining for a moment
nodes:
  pool: 40%
  honest: rest
actors:
  selfish: { kind: selfish-miner, node: pool, blocks: 15 }
expect:
  - oneTip: all
sweep:
  ranges: { nodes.pool: [20%, 45%] }
  seeds: 3
  measures: [passed, selfish.share]
`;

/** What is wrong with a file, where, and what is said of it. */
const WRONG: readonly (readonly [what: string, text: string, line: number, column: number, message: RegExp])[] = [
  [
    "a typo in a key",
    "title: t\nnodes: { a: 60%, b: 40% }\ntimline: []\nexpect: [{ oneTip: all }]\n",
    3,
    1,
    /unknown key "timline": did you mean "timeline"\? \(allowed here: title, /,
  ],
  [
    "a net that falls apart",
    "title: t\nnodes:\n  a: 60%\n  b: 40%\n  c: 0%\ntopology:\n  - { between: [a, b] }\nexpect: [{ oneTip: all }]\n",
    7,
    3,
    /c cannot be reached from a: add links, or say unconnected: true/,
  ],
  [
    "more links than there are nodes",
    "title: t\nnodes: { a: 60%, b: 40% }\ntopology: { random: 7 }\nexpect: [{ oneTip: all }]\n",
    3,
    21,
    /2 nodes cannot have 7 links each: at most 1/,
  ],
  [
    "hash shares that do not add up",
    "title: t\nnodes:\n  a: 60%\n  b: 30%\nexpect: [{ oneTip: all }]\n",
    3,
    3,
    /hash shares add up to 90%: they must add up to 100%/,
  ],
  [
    "an unknown actor",
    "title: t\nnodes: { a: 100% }\nend: { actorDone: heist }\nexpect: [{ oneTip: all }]\n",
    3,
    19,
    /unknown actor "heist"/,
  ],
  [
    "an unknown kind of actor",
    "title: t\nnodes: { a: 100% }\nactors:\n  heist: { kind: double-spendr }\nexpect: [{ oneTip: all }]\n",
    4,
    18,
    /unknown kind of actor "double-spendr": did you mean "double-spender"\?/,
  ],
];

describe("the laboratory", { timeout: 5 * 60 * 1000 }, () => {
  let home: Home;
  before(async () => {
    home = await Home.create(0);
  });
  after(() => home.remove());

  /** What a run that was traced is like. */
  let traced: ScenarioResult;

  test("scenario list: every scenario with its title, worlds and file", async () => {
    const { scenarios } = await home.json<{
      scenarios: readonly { name: string; title: string; worlds: readonly string[]; file: string }[];
    }>("scenario", "list");
    const names = scenarios.map(({ name }) => name);
    assert.ok(names.includes("double-spend-51") && names.includes("incidents/btg-2018"), names.join(" "));
    assert.equal(new Set(names).size, names.length);
    assert.ok(scenarios.every(({ title, worlds, file }) => title !== "" && worlds.length > 0 && existsSync(file)));
  });

  test("scenario run: the six steps of a double spend, in the fields that scripts rely on", async () => {
    const files = ["--trace", "t.jsonl", "--report", "r.html", "--tree", "t.svg", "--junit", "j.xml"];
    traced = await home.json<ScenarioResult>("scenario", "run", "double-spend-51", "--seed", "7", ...files);
    const { name, world, seed, passed, traceHash, expectations, reorgs, payments, balances, result } = traced;
    assert.deepEqual([name, world, seed, passed], ["double-spend-51", "sim", 7, true]);
    assert.match(traceHash, HASH);
    assert.ok(expectations.length >= 8);
    for (const { text, passed: held, observed } of expectations) assert.ok(text !== "" && observed !== "" && held);
    const onExchange = reorgs.filter(({ node }) => node === "exchange");
    assert.ok(onExchange.some(({ depth, at }) => depth >= 6 && Number.isInteger(at) && at > 0));
    assert.deepEqual(
      payments.map(({ payment, fate }) => [payment, fate]),
      [
        ["heist.pay-1", "reversed"],
        ["heist.refund-1", "confirmed"],
      ],
    );
    assert.deepEqual(balances["deposits"], { before: 0, after: 0 });
    const { heist, desk } = result as { heist: { gainSatoshis: number }; desk: { lossSatoshis: number } };
    assert.deepEqual([heist.gainSatoshis, desk.lossSatoshis], [50 * COIN, 50 * COIN]);
  });

  test("replay: the trace comes out again, line by line", async () => {
    const replayed = await home.json<{ same: boolean; lines: number; runs: readonly { traceHash: string }[] }>(
      "replay",
      "t.jsonl",
    );
    assert.ok(replayed.same);
    assert.ok(replayed.lines > 100 && home.read("t.jsonl").split("\n").length >= replayed.lines);
    assert.deepEqual(
      replayed.runs.map(({ traceHash }) => traceHash),
      [traced.traceHash],
    );
  });

  test("one seed is one run, another seed another", async () => {
    const hashes = [];
    for (const seed of ["7", "8"]) {
      hashes.push((await home.json<ScenarioResult>("scenario", "run", "double-spend-51", "--seed", seed)).traceHash);
    }
    assert.equal(hashes[0], traced.traceHash);
    assert.notEqual(hashes[1], traced.traceHash);
  });

  test("report, tree and JUnit file stand alone", () => {
    const page = home.read("r.html");
    assert.match(page, /^<!doctype html>[\s\S]*<\/html>$/);
    assert.match(page, /Content-Security-Policy" content="default-src 'none';/);
    assert.doesNotMatch(page, /\b(?:src|href)=|@import|url\((?!#)/);
    assert.ok(page.includes(traced.traceHash) && page.includes("forkyard scenario run double-spend-51 --seed 7"));

    const tree = home.read("t.svg");
    assert.match(tree, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [\s\S]*<\/svg>\n?$/);
    assert.doesNotMatch(tree, /<script|\b(?:href|src)=|url\((?!#)/);
    const mined = home.read("t.jsonl").match(/"type":"mined"/g)?.length;
    assert.match(tree, new RegExp(`: ${mined} blocks</title>`));

    const junit = home.read("j.xml");
    assert.equal(junit.match(/<testcase /g)?.length, traced.expectations.length);
    assert.match(junit, /^<\?xml [^>]*>\n<testsuites>\n {2}<testsuite name="double-spend-51" [^>]*failures="0"/);
  });

  test("scenario check: each mistake with file, line, column and what is allowed there", async () => {
    const files = WRONG.map((_, place) => `wrong-${place}.yaml`);
    for (const [place, [, text]] of WRONG.entries()) home.write(`wrong-${place}.yaml`, text);
    const { code, stdout, stderr } = await home.run("scenario", "check", ...files);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    const lines = stderr.trim().split("\n");
    assert.equal(lines.length, WRONG.length, stderr);
    for (const [place, [what, , line, column, message]] of WRONG.entries()) {
      assert.ok(lines[place]?.startsWith(`wrong-${place}.yaml:${line}:${column}: `), `${what}: ${lines[place]}`);
      assert.match(lines[place] ?? "", message);
    }
    const run = await home.run("scenario", "run", "wrong-0.yaml");
    assert.deepEqual([run.code, run.stdout], [2, ""]);
    assert.match(run.stderr, /^wrong-0\.yaml:3:1: unknown key/);
  });

  test("scenario new: what it writes is right, and passes", async () => {
    assert.equal((await home.json<{ file: string }>("scenario", "new", "attack")).file, "attack.yaml");
    assert.equal((await home.json<{ checked: number }>("scenario", "check", "attack.yaml")).checked, 1);
    assert.ok((await home.json<ScenarioResult>("scenario", "run", "attack.yaml")).passed);
  });

  test("an expectation that does not hold: exit 1, in the document and for JUnit", async () => {
    home.write(
      "fails.yaml",
      "title: t\nnodes: { a: 100% }\nend: { at: 1h }\nexpect: [{ blocks: { on: a, blocks: 0 } }]\n",
    );
    const { code, stdout } = await home.run("scenario", "run", "fails.yaml", "--json", "--junit", "f.xml");
    assert.equal(code, 1);
    const { passed, expectations } = JSON.parse(stdout) as ScenarioResult;
    assert.deepEqual([passed, expectations.map((one) => one.passed)], [false, [false]]);
    assert.match(home.read("f.xml"), /failures="1"[\s\S]*<failure message="/);
  });

  test("a command of a scenario does not run unasked", async () => {
    home.write(
      "ask.mjs",
      'import { writeFileSync } from "node:fs";\nwriteFileSync("asked.json", JSON.stringify(process.env));\n',
    );
    home.write("ask.yaml", ATTACK.replace("COMMAND", JSON.stringify([process.execPath, "ask.mjs"])));
    const { code, stdout } = await home.run("scenario", "run", "ask.yaml");
    assert.equal(code, 1);
    assert.match(stdout, /the step on line 13 is carried out — exec: .*--allow-exec/);
    assert.equal(existsSync(join(home.path, "asked.json")), false);
  });

  test("with --allow-exec it is asked in the middle of the attack", async () => {
    const run = ["scenario", "run", "ask.yaml", "--seed", "5", "--allow-exec", "--trace", "ask.jsonl"];
    const { passed, reorgs } = await home.json<ScenarioResult>(...run);
    assert.ok(passed);
    const told = JSON.parse(home.read("asked.json")) as Readonly<Record<string, string>>;
    assert.deepEqual([told["FORKYARD_WORLD"], told["FORKYARD_SEED"]], ["sim", "5"]);
    const askedAtMs = Number(told["FORKYARD_TIME_MS"]);
    assert.ok(reorgs.length === 3 && reorgs.every(({ depth, at }) => depth >= 2 && at >= Math.floor(askedAtMs)));
    const [earlier, later] = home.read("ask.jsonl").split(/^.*"exec":\{"command".*"exit":0\}.*$/m);
    assert.match(earlier ?? "", /"branch":"secret"[^\n]*"type":"mined"/);
    assert.doesNotMatch(earlier ?? "", /"type":"reorg"/);
    assert.match(later ?? "", /"type":"reorg"/);
  });

  test("sweep: two parts joined are the whole", async () => {
    home.write("sweep.yaml", SWEEP);
    const run = ["sweep", "run", "sweep.yaml", "--out"];
    interface Sweep {
      readonly runs: number;
      readonly wanted: number;
      readonly points: readonly object[];
    }
    const whole = await home.json<Sweep>(...run, "whole.jsonl", "--csv", "whole.csv", "--plot", "whole.svg");
    assert.deepEqual([whole.runs, whole.wanted, whole.points.length], [6, 6, 2]);
    const parts = [];
    for (const part of [1, 2]) parts.push(await home.json<Sweep>(...run, `${part}.jsonl`, "--shard", `${part}/2`));
    assert.deepEqual(
      parts.map(({ runs }) => runs),
      [3, 3],
    );
    const merged = await home.json<Sweep>("sweep", "merge", "1.jsonl", "2.jsonl", "--csv", "merged.csv");
    assert.deepEqual(merged.points, whole.points);
    assert.equal(home.read("merged.csv"), home.read("whole.csv"));
    assert.match(home.read("whole.svg"), /^<svg /);
  });

  test("odds: closed form and simulation side by side", async () => {
    const words = ["odds", "--q", "0.3", "--z", "6", "--simulate", "100000"];
    const odds = await home.json<{
      readonly model: string;
      readonly q: number;
      readonly z: number;
      readonly closedForm: number;
      readonly simulated: Readonly<Record<"runs" | "successes" | "probability" | "low" | "high" | "seconds", number>>;
    }>(...words);
    assert.deepEqual([odds.model, odds.q, odds.z], ["nakamoto", 0.3, 6]);
    // Nakamoto's table for q = 0.3: P = 0.1773523 for z = 5, 0.0416605 for z = 10.
    assert.ok(odds.closedForm > 0.0416605 && odds.closedForm < 0.1773523);
    const { runs, successes, probability, low, high, seconds } = odds.simulated;
    assert.deepEqual([runs, successes / runs], [100_000, probability]);
    assert.ok(low < odds.closedForm && odds.closedForm < high && seconds > 0);
  });

  test("scenario fuzz: random worlds without a broken invariant", async () => {
    const { worlds, blocks, failures } = await home.json<{
      worlds: number;
      blocks: number;
      failures: readonly object[];
    }>("scenario", "fuzz", "--seeds", "5");
    assert.deepEqual([worlds, failures], [5, []]);
    assert.ok(blocks > 0);
  });
});
