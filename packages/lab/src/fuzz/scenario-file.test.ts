import assert from "node:assert/strict";
import { test } from "node:test";
import { parseScenario } from "../scenario/parse-scenario.ts";
import { drawWorld } from "./draw/draw-world.ts";
import type { FuzzWorld } from "./fuzz-world.ts";
import { scenarioText, worldFromText } from "./scenario-file.ts";

/** A file does not say which kind of trouble an event is. */
function withoutFaults(world: FuzzWorld): FuzzWorld {
  return { ...world, events: world.events.map(({ atMs, action }) => ({ atMs, action })) };
}

test("every random world can be written in the language of scenarios and is read back as it was", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const world = drawWorld(seed, 8);
    const text = scenarioText(world, ["A comment."]);
    assert.deepEqual(worldFromText(text, "world.yaml"), withoutFaults(world), `seed ${seed}`);
  }
});

test("the file is a scenario that anybody can run", () => {
  const scenario = parseScenario(scenarioText(drawWorld(7), ["Why.", "", "The command."]), "seven.yaml");
  assert.equal(scenario.seed, 7);
  assert.match(scenario.explanation, /The command/);
  assert.ok(scenario.expectations.every(({ kind }) => kind === "supply"));
});
