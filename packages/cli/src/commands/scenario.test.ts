import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "forkyard-scenario-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function forkyard(...words: readonly string[]): {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
} {
  const result = spawnSync(process.execPath, [...process.execArgv, main, ...words], { cwd: folder, encoding: "utf8" });
  return { code: result.status, out: result.stdout, err: result.stderr };
}

interface ResultDocument {
  readonly passed: boolean;
  readonly seed: number;
  readonly traceHash: string;
  readonly expectations: readonly { readonly text: string; readonly passed: boolean; readonly observed: string }[];
  readonly reorgs: readonly { readonly node: string; readonly depth: number; readonly at: number }[];
}

test("a new scenario passes check and run, and its trace replays", () => {
  assert.equal(forkyard("scenario", "new", "attack").code, 0);
  assert.equal(forkyard("scenario", "new", "attack").code, 2, "it is there already");
  assert.deepEqual(forkyard("scenario", "check", "attack.yaml"), { code: 0, out: "1 file is right\n", err: "" });
  const files = ["--trace", "t.jsonl", "--report", "r.html", "--junit", "j.xml"];
  const { code, out, err } = forkyard("scenario", "run", "attack.yaml", "--seed", "7", "--json", ...files);
  assert.equal(code, 0, err);
  const result = JSON.parse(out) as ResultDocument;
  assert.deepEqual([result.passed, result.seed], [true, 7]);
  assert.match(result.traceHash, /^[0-9a-f]{64}$/);
  assert.ok(result.expectations.every(({ text, observed }) => text !== "" && observed !== ""));
  assert.ok(result.reorgs.some(({ node, depth, at }) => node === "shop" && depth >= 3 && Number.isInteger(at)));
  assert.match(readFileSync(join(folder, "r.html"), "utf8"), /^<!doctype html>/);
  assert.match(readFileSync(join(folder, "j.xml"), "utf8"), /failures="0"/);
  const replay = forkyard("replay", "t.jsonl", "--json");
  assert.equal(replay.code, 0, replay.err);
  assert.match(replay.out, new RegExp(`"same":true.*${result.traceHash}`));
  assert.match(forkyard("replay", "t.jsonl", "--until", "1m", "--step").out, /\{"run":/);
  const text = readFileSync(join(folder, "t.jsonl"), "utf8").replace('"height":111', '"height":112');
  writeFileSync(join(folder, "changed.jsonl"), text);
  assert.match(forkyard("replay", "changed.jsonl").out, /another way from line \d+ on:\n {2}trace .*112/);
  assert.equal(forkyard("replay", "changed.jsonl").code, 1);
});

test("many scenarios and seeds at once: one line each, and what failed", () => {
  const passing =
    "title: t\nseed: 5\nnodes: { a: 100% }\nend: { at: 1h }\nexpect: [{ height: { on: a, height: { atLeast: 1 } } }]\n";
  writeFileSync(join(folder, "holds.yaml"), passing);
  const both = forkyard("scenario", "test", "holds.yaml", "--seeds", "2", "--twice", "--junit", "many.xml", "--json");
  assert.equal(both.code, 0, both.err);
  const { runs, passed, results } = JSON.parse(both.out) as { runs: number; passed: number; results: ResultDocument[] };
  assert.deepEqual([runs, passed, results.map(({ seed }) => seed)], [2, 2, [5, 6]]);
  const alone = JSON.parse(forkyard("scenario", "run", "holds.yaml", "--seed", "6", "--json").out) as ResultDocument;
  assert.equal(results[1]?.traceHash, alone.traceHash, "the same run as alone");
  assert.match(readFileSync(join(folder, "many.xml"), "utf8"), /name="holds seed 5" [\s\S]*name="holds seed 6" /);
  writeFileSync(join(folder, "never.yaml"), passing.replace("atLeast: 1 ", "atLeast: 9999 "));
  const one = forkyard("scenario", "test", "holds.yaml", "never.yaml", "--seed", "3");
  assert.equal(one.code, 1);
  assert.match(one.out, /✔ holds, seed 3 {2}trace [0-9a-f]{16}\n✘ never, seed 3 .*\n {4}.* — .*\n\n1 of 2 runs passed/);
  const wrong = forkyard("scenario", "test", "holds.yaml", "nowhere");
  assert.deepEqual([wrong.code, wrong.out], [2, ""]);
});

test("an expectation that does not hold is exit code 1, and says what was seen", () => {
  const text = "title: t\nnodes: { a: 100% }\nend: { at: 1h }\nexpect: [{ reorg: { on: a, depth: 3 } }]\n";
  writeFileSync(join(folder, "fails.yaml"), text);
  const { code, out } = forkyard("scenario", "run", "fails.yaml");
  assert.equal(code, 1);
  assert.match(out, /✘ a's deepest reorganisation takes back 3 blocks — 0 blocks/);
  assert.match(out, /did not pass {3}trace [0-9a-f]{16} {3}again: forkyard scenario run fails\.yaml --seed 1\n$/);
});

test("a wrong file is exit code 2 with file, line and column", () => {
  writeFileSync(join(folder, "wrong.yaml"), "title: t\nnodes:\n  a: 90%\nexpect:\n  - onetip: all\n");
  for (const verb of ["check", "run"]) {
    const { code, err, out } = forkyard("scenario", verb, "wrong.yaml", "--json");
    assert.equal(code, 2);
    assert.match(err, /^wrong\.yaml:5:5: unknown key "onetip": did you mean "oneTip"\?/);
    assert.deepEqual((JSON.parse(out) as { error: { mistakes: object[] } }).error.mistakes.length, 1);
  }
  assert.equal(forkyard("scenario", "run", "no-such-thing").code, 2);
  assert.equal(forkyard("scenario", "run", "wrong.yaml", "--seed", "x").code, 2);
  assert.equal(forkyard("replay", "wrong.yaml").code, 2);
});

test("the library is listed with worlds and titles, and run by name", () => {
  const { code, out } = forkyard("scenario", "list", "--json");
  assert.equal(code, 0);
  const { scenarios } = JSON.parse(out) as { scenarios: { name: string; title: string; worlds: string[] }[] };
  assert.ok(scenarios.some(({ name, worlds }) => name === "double-spend-51" && worlds.includes("live")));
  assert.equal(forkyard("scenario", "run", "double-spend-51").code, 0);
  const simulated = "title: t\nworlds: [sim]\nnodes: { a: 100% }\nend: { at: 1h }\nexpect: [{ oneTip: all }]\n";
  writeFileSync(join(folder, "simulated.yaml"), simulated);
  assert.equal(forkyard("scenario", "run", "simulated.yaml", "--live").code, 2, "it is for the simulator only");
});
