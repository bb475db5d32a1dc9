import assert from "node:assert/strict";
import { test } from "node:test";
import { systemTimers } from "@forkyard/node/adapters/system-clock";
import { runFuzz } from "./run-fuzz.ts";

test("worlds run on threads, each once, and progress is told after each", async () => {
  const told: number[] = [];
  const plan = { firstSeed: 21, worlds: 4, maxNodes: 3, threads: 2, timers: systemTimers };
  const report = await runFuzz(plan, ({ worlds }) => void told.push(worlds));
  assert.deepEqual(told, [1, 2, 3, 4]);
  assert.equal(report.worlds, 4);
  assert.deepEqual(report.failures, []);
  assert.ok(report.blocks > 0);
});
