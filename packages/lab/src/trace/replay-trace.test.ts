import assert from "node:assert/strict";
import { test } from "node:test";
import { runScenario } from "../run/run-scenario.ts";
import { simulatedWorlds } from "../run/simulated-worlds.ts";
import { parseScenario } from "../scenario/parse-scenario.ts";
import { branchTrace } from "./branch-trace.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { LineSource } from "./read-trace.ts";
import { replayLiveTrace } from "./replay-live-trace.ts";
import { replayTrace } from "./replay-trace.ts";

const SCENARIO = `title: a race of two halves
network: { blockInterval: 1m }
seed: 5
nodes: { a: 50%, b: 30%, c: { hash: rest } }
wallets: { alice: { node: a, coins: 20 btc }, bob: b }
timeline:
  - pay: { id: rent, from: alice, to: bob, amount: 1 btc }
  - withhold: { node: b, branch: secret }
  - at: 2m
    partition: [[a], [b, c]]
  - at: 15m
    heal: true
  - at: 20m
    publish: { node: b, branch: secret }
end: { at: 30m }
expect: [{ tips: { count: { atLeast: 2 }, ever: true } }]
variants: { slow: { set: { link: { latency: 20s } } } }
`;
const ORIGIN = { forkyard: "0.0.0" };

async function trace(source: string): Promise<{ readonly lines: readonly string[]; readonly hash: string }> {
  const lines: string[] = [];
  const scenario = parseScenario(source, "race.yaml");
  const result = await runScenario(scenario, simulatedWorlds, {
    source,
    origin: ORIGIN,
    traceLine: (line) => lines.push(line),
  });
  assert.equal(result.passed, true);
  return { lines, hash: result.traceHash };
}

function linesOf(lines: readonly string[]): LineSource {
  let next = 0;
  return () => lines[next++];
}

const { lines, hash } = await trace(SCENARIO);

test("a trace runs again line by line, its variants too", async () => {
  const replay = await replayTrace(linesOf(lines));
  assert.equal(replay.difference, undefined);
  assert.equal(replay.lines, lines.length - 1);
  assert.deepEqual(
    replay.runs.map(({ name, variant, seed }) => [name, variant, seed]),
    [
      ["race", undefined, 5],
      ["race", "slow", 5],
    ],
  );
  assert.equal(replay.runs[0]?.traceHash, hash);
});

test("the first line that is not the same is named", async () => {
  const changed = [...lines];
  const place = lines.findIndex((line) => line.includes('"mined"'));
  changed[place] = (lines[place] ?? "").replace('"height":111', '"height":112');
  const replay = await replayTrace(linesOf(changed));
  assert.deepEqual(replay.difference, { line: place + 1, trace: changed[place], replay: lines[place] });
  const cutOff = replayTrace(linesOf(lines.slice(0, place)));
  await assert.rejects(cutOff, { name: "InputError", message: new RegExp(`cut off after line ${place};`) });
  const torn = replayTrace(linesOf([...lines.slice(0, place), (lines[place] ?? "").slice(0, 20)]));
  await assert.rejects(torn, { name: "InputError", message: new RegExp(`line ${place + 1} of the trace is not JSON`) });
});

test("a replay stops at a moment, and shows each line up to it", async () => {
  const shown: string[] = [];
  const replay = await replayTrace(linesOf(lines), { untilMs: 120_000, onLine: (line) => shown.push(line) });
  assert.equal(replay.difference, undefined);
  assert.deepEqual(shown, lines.slice(1, 1 + shown.length));
  const times = shown.map((line) => Number(/"at(?:Ms)?":([\d.]+)/.exec(line)?.[1] ?? 0));
  assert.ok(Math.max(...times) <= 120_000);
  assert.ok(shown.length < lines.length / 2);
});

test("what is no trace is refused with its line", async () => {
  await assert.rejects(replayTrace(linesOf([])), /no trace/);
  await assert.rejects(replayTrace(linesOf(["{}"])), /no trace/);
  await assert.rejects(replayTrace(linesOf(["x"])), /line 1 of the trace is not JSON/);
  await assert.rejects(replayTrace(linesOf(['{"origin":{"trace":99}}'])), /version 99/);
  await assert.rejects(
    replayTrace(linesOf([lines[0] ?? "", '{"run":{"name":1}}'])),
    /line 2 of the trace should begin a run/,
  );
});

test("a branch goes the same way up to its moment and then another, always the same", async () => {
  const other = SCENARIO.replace(
    /timeline:[\s\S]*end:.*\n/,
    "timeline:\n  - at: 10m\n    heal: true\nend: { oneTip: all }\n",
  )
    .replace(/expect:.*\n/, "expect: [{ oneTip: all }, { payment: { id: rent2, on: b, fate: confirmed } }]\n")
    .replace("timeline:\n", "timeline:\n  - pay: { id: rent2, from: alice, to: bob, amount: 2 btc }\n")
    .replace(/variants:.*\n/, "");
  const run = async (): Promise<{
    readonly hash: string;
    readonly lines: readonly string[];
    readonly failed: unknown;
  }> => {
    const made: string[] = [];
    const options = { atMs: 300_000, text: other, file: "other.yaml", origin: ORIGIN };
    const { result } = await branchTrace(linesOf(lines), { ...options, traceLine: (line) => made.push(line) });
    return { hash: result.traceHash, lines: made, failed: result.expectations.filter(({ passed }) => !passed) };
  };
  const [first, again] = [await run(), await run()];
  assert.deepEqual(first.failed, []);
  assert.equal(first.hash, again.hash);
  const parting = first.lines.findIndex((line, index) => index > 1 && line !== lines[index]);
  assert.match(first.lines[parting] ?? "", /"at":300000/);
  assert.match(first.lines[parting] ?? "", /rent2/);
  // The trace of the branch can be replayed itself.
  assert.equal((await replayTrace(linesOf(first.lines))).difference, undefined);
  const wrongCast = branchTrace(linesOf(lines), {
    atMs: 0,
    text: other.replace("c: { hash: rest }", "d: { hash: rest }"),
    file: "other.yaml",
    origin: ORIGIN,
  });
  await assert.rejects(wrongCast, /other\.yaml: its nodes are a, b, d; the trace has a, b, c/);
  const late = branchTrace(linesOf(lines), { atMs: 86_400_000, text: other, file: "other.yaml", origin: ORIGIN });
  await assert.rejects(late, /other\.yaml is over at its timeLimit/);
});

test("blocks that are handed over one by one make the same tree", async () => {
  const replay = await replayLiveTrace(linesOf(lines));
  assert.deepEqual(replay.differences, []);
  assert.equal(replay.same, true);
  assert.ok(replay.blocks > 20, `${replay.blocks} blocks`);
  assert.ok(replay.reorgs > 0);
  // One block less for one node: it cannot end where the trace says.
  const last = lines.findLastIndex((line) => line.includes('"type":"mined"') && line.includes('"node":"a"'));
  const without = lines.filter((_, index) => index !== last);
  assert.equal((await replayLiveTrace(linesOf(without))).same, false);
});

test("canonical JSON has its keys in order, and every number exactly", () => {
  assert.equal(canonicalJson({ b: [1n, 1.5], a: { d: undefined, c: "é" } }), '{"a":{"c":"é"},"b":[1,1.5]}');
  assert.equal(canonicalJson([9_223_372_036_854_277_039n, null, undefined]), '["9223372036854277039",null,null]');
});
