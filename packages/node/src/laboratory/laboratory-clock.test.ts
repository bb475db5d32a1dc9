import assert from "node:assert/strict";
import { test } from "node:test";
import { LaboratoryClock } from "./laboratory-clock.ts";

test("a clock that is set goes on from there at its own pace, wrong by its offset; durations stay true", () => {
  let machineMs = 1_000_000;
  const clock = new LaboratoryClock({ nowMs: () => machineMs, monotonicMs: () => machineMs - 7 });
  assert.equal(clock.nowMs(), 1_000_000);
  clock.set({ machineMs, timeMs: 50_000, pace: 600, offsetMs: 2_000 });
  assert.deepEqual([clock.nowMs(), clock.trueMs()], [52_000, 50_000]);
  machineMs += 1_000;
  assert.deepEqual([clock.nowMs(), clock.trueMs()], [652_000, 650_000]);
  assert.equal(clock.monotonicMs(), machineMs - 7);
});
