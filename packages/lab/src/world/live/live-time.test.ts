import assert from "node:assert/strict";
import { test } from "node:test";
import type { ScenarioNetwork } from "../../scenario/model.ts";
import { LiveTime, paceFor } from "./live-time.ts";

const network = (blockIntervalMs: number): ScenarioNetwork => ({
  rules: "devnet",
  blockIntervalMs,
  retarget: "none",
  coinbaseMaturity: 100,
  bootstrapBlocks: 110,
});

test("time goes faster only where blocks are far apart, and then a block comes in a second", () => {
  assert.deepEqual(
    [1_000, 10_000, 600_000].map((interval) => paceFor(network(interval))),
    [1, 1, 600],
  );
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
