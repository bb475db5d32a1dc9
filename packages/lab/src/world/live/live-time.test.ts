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

test("what a scenario waits for takes the machine less, and never more than a timer can hold", () => {
  assert.equal(new LiveTime(600).machineMs(600_000), 1_000);
  assert.equal(new LiveTime(1).machineMs(60 * 86_400_000), 2 ** 31 - 1);
  assert.equal(new LiveTime(1).machineMs(-5), 0);
});
