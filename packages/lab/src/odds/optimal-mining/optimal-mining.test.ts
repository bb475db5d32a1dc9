import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { selfishRevenue } from "../selfish-revenue.ts";
import { describeFormulas } from "../testing/formulas.ts";
import { optimalPolicy, optimalThreshold, solveOptimalMining } from "./optimal-mining.ts";
import { policyOf, tableOf } from "./policy-table.ts";
import { selfishPolicy } from "./reference-policies.ts";

/** A share of the reference's keys: 0.33333 stands for 1/3. */
function share(key: string): number {
  return key.startsWith("0.3333") ? 1 / 3 : Number(key);
}

/** All digits that the reference gives. */
const TOLERANCE = 0.00001;

describeFormulas("optimal selfish mining against the reference", ({ sapirshtein_2016: reference }) => {
  for (const [key, row] of Object.entries(reference.gamma0)) {
    test(`gamma 0, alpha ${key}`, () => {
      for (const maxForkBlocks of [95, 130]) {
        const { revenue } = solveOptimalMining({ alpha: share(key), gamma: 0, maxForkBlocks });
        assert.ok(
          Math.abs(revenue - (row[`optimal_trunc${maxForkBlocks}`] ?? Number.NaN)) < TOLERANCE,
          String(revenue),
        );
      }
    });
  }

  for (const [key, value] of Object.entries(reference["gamma0.5_trunc95"])) {
    test(`gamma 0.5, alpha ${key}`, () => {
      const { revenue } = solveOptimalMining({ alpha: share(key), gamma: 0.5, maxForkBlocks: 95 });
      assert.ok(Math.abs(revenue - value) < TOLERANCE, String(revenue));
    });
  }

  test("thresholds", () => {
    const { value } = reference.thresholds["gamma=0"];
    assert.equal(optimalThreshold(0, 75).toFixed(4), value.toFixed(4));
    for (const gamma of [0.25, 0.5, 0.75]) {
      const printed = reference.thresholds[`gamma=${gamma}`];
      assert.ok(Math.abs(optimalThreshold(gamma, 75) - Number(printed)) < 1e-4, String(gamma));
    }
  });
});

describe("optimal selfish mining", () => {
  test("with gamma 1 earns the upper bound alpha/(1 − alpha)", () => {
    for (const alpha of [0.1, 0.25, 0.4]) {
      const { revenue } = solveOptimalMining({ alpha, gamma: 1, maxForkBlocks: 80 });
      assert.ok(Math.abs(revenue - alpha / (1 - alpha)) < TOLERANCE, String(revenue));
    }
  });

  test("never earns less than honest mining or SM1, and more with longer forks", () => {
    for (const alpha of [0.1, 0.3, 0.34, 0.42]) {
      for (const gamma of [0, 0.3, 0.9]) {
        const [short, long] = [40, 60].map(
          (blocks) => solveOptimalMining({ alpha, gamma, maxForkBlocks: blocks }).revenue,
        );
        assert.ok((long ?? 0) >= Math.max(alpha, selfishRevenue(alpha, gamma)) - 1e-4);
        assert.ok((long ?? 0) >= (short ?? 1) - 1e-8);
      }
    }
  });

  test("below the threshold is honest mining: every block is published, every block taken", () => {
    const policy = optimalPolicy({ alpha: 0.2, gamma: 0, maxForkBlocks: 20 });
    assert.equal(policy(1, 0, "irrelevant"), "override");
    assert.equal(policy(0, 1, "relevant"), "adopt");
  });

  test("above it withholds, matches a tie, and adopts what cannot be won", () => {
    const policy = optimalPolicy({ alpha: 0.4, gamma: 0.5, maxForkBlocks: 40 });
    assert.equal(policy(1, 0, "irrelevant"), "wait");
    assert.equal(policy(1, 1, "relevant"), "match");
    assert.equal(policy(0, 3, "relevant"), "adopt");
  });

  test("a policy is possible in every state, also beyond the table", () => {
    const maxForkBlocks = 12;
    const policy = optimalPolicy({ alpha: 0.45, gamma: 0.7, maxForkBlocks });
    for (let a = 0; a <= maxForkBlocks + 2; a++) {
      for (let h = 0; h <= maxForkBlocks + 2; h++) {
        for (const forkState of ["irrelevant", "relevant", "active"] as const) {
          const action = policy(a, h, forkState);
          if (action === "override") assert.ok(a > h);
          if (action === "match") assert.ok(a >= h && forkState === "relevant");
          if (Math.max(a, h) >= maxForkBlocks) assert.ok(action === "adopt" || action === "override");
        }
      }
    }
  });

  test("a policy survives its table, up to what is forced at the limit", () => {
    const policy = policyOf(tableOf(selfishPolicy, 8));
    assert.equal(policy(1, 1, "relevant"), "match");
    assert.equal(policy(5, 2, "relevant"), "wait");
    assert.equal(policy(8, 2, "relevant"), "override");
    assert.equal(policy(2, 8, "relevant"), "adopt");
  });

  test("refuses a model that cannot be solved", () => {
    const model = { alpha: 0.3, gamma: 0.5, maxForkBlocks: 20 };
    const wrong = [
      { alpha: 0 },
      { alpha: 0.5 },
      { alpha: Number.NaN },
      { gamma: 1.1 },
      { maxForkBlocks: 1 },
      { maxForkBlocks: 9999 },
    ];
    for (const change of wrong) assert.throws(() => solveOptimalMining({ ...model, ...change }), InputError);
  });
});
