import assert from "node:assert/strict";
import { test } from "node:test";
import type { Scenario } from "../../scenario/model.ts";
import { scenario } from "../../scenario/scenario-builder.ts";
import { LiveTime, leastMinutes, paceFor } from "./live-time.ts";

const world = (interval: string, hash: string): Scenario =>
  scenario("world", "A world")
    .node("a", { hash })
    .node("b", { hash: "0%" })
    .with({ network: { blockInterval: interval }, end: { at: "1h" } })
    .expect({ oneTip: "all" })
    .build();

test("time goes faster only where blocks are far apart: one comes in a second, and steps wait a second for an hour", () => {
  assert.deepEqual([paceFor(world("1s", "100%")), paceFor(world("10s", "0%"))], [1, 1]);
  assert.equal(paceFor(world("10m", "100%")), 600);
  assert.equal(paceFor(world("10m", "0%")), 3_600);
});

const story = (interval: string, first: string, end: string): Scenario =>
  scenario("story", "A story")
    .node("a", { hash: "100%" })
    .with({ network: { blockInterval: interval }, end: { at: end }, timeLimit: "200h" })
    .step({ at: first, mine: { node: "a", blocks: 1 } })
    .expect({ oneTip: "all" })
    .build();

test("steps a second apart do not come all at once, unless the story is so long that it has to hurry", () => {
  assert.equal(paceFor(story("1h", "1s", "30s")), 1);
  assert.equal(paceFor(story("1h", "10s", "30s")), 10);
  assert.equal(paceFor(story("1h", "1s", "10m")), 10);
  assert.equal(paceFor(story("1h", "10s", "100h")), 3_600);
});

test("how long it takes at least is known from the times that are named", () => {
  assert.equal(leastMinutes(story("1h", "1s", "4d"), 600), 9);
  assert.equal(leastMinutes(world("10m", "100%"), 600), 0);
});

test("nothing is called before its time, however fast time goes, and what is called off never", async () => {
  const time = new LiveTime(600);
  const before = time.nowMs();
  const callOff = time.after(10, () => assert.fail("called off"));
  callOff();
  for (let i = 1; i <= 5; i++) await new Promise<void>((resolve) => void time.after(777, resolve));
  assert.ok(time.nowMs() - before >= 5 * 777);
});

test("a wait that is longer than a timer can be does not end at once", async () => {
  const time = new LiveTime(1);
  const callOff = time.after(60 * 86_400_000, () => assert.fail("at once"));
  await new Promise<void>((resolve) => void time.after(20, resolve));
  callOff();
});
