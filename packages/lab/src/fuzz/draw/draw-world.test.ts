import assert from "node:assert/strict";
import { test } from "node:test";
import { FAULT_CLASSES } from "../fuzz-world.ts";
import { drawWorld } from "./draw-world.ts";

test("a seed always gives the same world, another one another", () => {
  assert.deepEqual(drawWorld(5), drawWorld(5));
  assert.notDeepEqual(drawWorld(5).events, drawWorld(6).events);
});

test("every kind of trouble occurs, and every kind is left out of some worlds", () => {
  const worlds = Array.from({ length: 100 }, (_, seed) => drawWorld(seed));
  for (const fault of FAULT_CLASSES) {
    const having = worlds.filter(({ events }) => events.some((event) => event.fault === fault)).length;
    assert.ok(having > 0 && having < worlds.length, `${fault} in ${having} of ${worlds.length} worlds`);
  }
});

test("events are in the order of their times, within the world's, and shares add up", () => {
  for (let seed = 0; seed < 100; seed++) {
    const { events, nodes, links } = drawWorld(seed, 6);
    const times = events.map(({ atMs }) => atMs);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    const percent = nodes.reduce((sum, { hashShare }) => sum + Math.round(hashShare * 100), 0);
    assert.ok(percent === 100 || percent === 0, `shares of seed ${seed} add up to ${percent}%`);
    assert.ok(links.length >= nodes.length - 1);
  }
});
