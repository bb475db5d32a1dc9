/**
 * Every scenario of configs/scenarios holds what it expects, in the simulator, and a seed gives the same run twice.
 * `LIBRARY_SEED=7 npm test test/lab/library.test.ts` runs them with another seed: all must pass with any.
 */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { ScenarioResult } from "@forkyard/lab/run/result";
import { runScenario } from "@forkyard/lab/run/run-scenario";
import { simulatedWorlds } from "@forkyard/lab/run/simulated-worlds";
import { parseScenario } from "@forkyard/lab/scenario/parse-scenario";
import { repositoryRoot } from "../repository-root.ts";

const folder = join(repositoryRoot, "configs", "scenarios");
const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
const incidents = readdirSync(join(folder, "incidents")).map((file) => join("incidents", file));
const seed = Number(process.env["LIBRARY_SEED"] ?? 1);
/** Runs that are done twice: one with everything in it, and one where chance decides everything. */
const RUN_TWICE = ["double-spend-51.yaml", "selfish-mining.yaml"];

function run(file: string): Promise<ScenarioResult> {
  const source = readFileSync(join(folder, file), "utf8");
  return runScenario(parseScenario(source, file), simulatedWorlds, { seed, source });
}

/** What failed, as one would read it on the screen. */
function failures(result: ScenarioResult): string[] {
  const named = [{ variant: "scenario", ...result }, ...result.variants];
  return named.flatMap(({ variant, expectations }) =>
    expectations
      .filter(({ passed }) => !passed)
      .map(({ text, observed }) => `${variant}, seed ${seed}: ${text}: ${observed}`),
  );
}

describe("the library", () => {
  it("has the attacks that it is there for", () => {
    assert.ok(files.length >= 18, `${files.length} scenarios`);
  });

  it("has the incidents of history", () => {
    assert.ok(incidents.length >= 28, `${incidents.length} incidents`);
  });

  for (const file of [...files, ...incidents]) {
    it(file, async () => {
      const result = await run(file);
      assert.deepEqual(failures(result), []);
      assert.equal(result.passed, true);
    });
  }

  for (const file of RUN_TWICE) {
    it(`${file} is the same run twice`, async () => {
      const [first, second] = [await run(file), await run(file)];
      assert.equal(second.traceHash, first.traceHash);
      assert.deepEqual(second, first);
    });
  }

  it("explains every scenario in its own file", () => {
    for (const file of files) {
      const text = readFileSync(join(folder, file), "utf8");
      for (const part of ["# Source", "# Look at:", "# Change:"]) assert.ok(text.includes(part), `${file}: ${part}`);
    }
  });

  it("says of every incident what is fact, with its source, and what is assumed", () => {
    for (const file of incidents) {
      const [facts, assumed] = readFileSync(join(folder, file), "utf8").split(/^# Assumed: /m);
      assert.match(facts ?? "", /^# Facts, each with where it was read:\n# - .*\[/ms, file);
      assert.ok(assumed !== undefined, `${file}: what is assumed`);
      for (const part of ["# Look at:", "# Change:"]) assert.ok(assumed.includes(part), `${file}: ${part}`);
    }
  });
});
