import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleRun } from "../testing/sample-run.ts";
import { compareWorlds } from "./compare-worlds.ts";

test("worlds that came to the same do not differ, whenever it happened", () => {
  const { result } = sampleRun(3);
  const later = {
    ...result,
    world: "live" as const,
    endedAtMs: 1,
    reorgs: result.reorgs.map((one) => ({ ...one, at: 7 })),
  };
  assert.deepEqual(compareWorlds(result, later), []);
});

test("differences are named, with what came out in each world", () => {
  const { result } = sampleRun(3);
  const live = {
    ...result,
    expectations: result.expectations.map((one) => ({ ...one, passed: false })),
    reorgs: [],
    payments: [],
    balances: { ...result.balances, shop: { before: 0, after: 5 } },
    result: { mallory: { stole: false, rounds: 1 } },
  };
  const differences = compareWorlds(result, live);
  assert.deepEqual(
    differences.map(({ what, sim, live: found }) => `${what}: ${sim} / ${found}`),
    [
      "reorg on shop of depth 3: holds / does not hold",
      "deepest reorganisation of shop: 3 / -",
      "deepest reorganisation of honest: 3 / -",
      "deepest reorganisation of attacker: 3 / -",
      "payment deposit: reversed / -",
      "balance of shop: 0 sat / 5 sat",
      "mallory.stole: true / false",
    ],
  );
});
