import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { binomialProbability, binomialUpperTail } from "./binomial.ts";
import { chiSquaredUpperTail } from "./chi-squared.ts";
import { regularisedIncompleteBeta } from "./incomplete-beta.ts";
import { logGamma } from "./log-gamma.ts";
import { poissonProbability } from "./poisson.ts";

function assertClose(value: number, expected: number, tolerance = 1e-12): void {
  assert.ok(Math.abs(value - expected) <= tolerance * Math.max(1, Math.abs(expected)), `${value} is not ${expected}`);
}

describe("distributions", () => {
  test("chances of all counts add up to one", () => {
    for (const [trials, q] of [
      [1, 0.3],
      [15, 0.5],
      [4095, 0.1],
      [4095, 0.499],
    ] as const) {
      let sum = 0;
      for (let k = 0; k <= trials; k++) sum += binomialProbability(trials, k, q);
      assertClose(sum, 1);
    }
    for (const mean of [0, 0.5, 30, 4000]) {
      let sum = 0;
      for (let k = 0; k < 8000; k++) sum += poissonProbability(k, mean);
      assertClose(sum, 1);
    }
  });

  test("single chances", () => {
    assertClose(binomialProbability(4, 2, 0.5), 6 / 16);
    assertClose(binomialProbability(3, 0, 0.1), 0.729);
    assert.deepEqual(
      [binomialProbability(3, 0, 0), binomialProbability(3, 3, 1), binomialProbability(3, 4, 0.5)],
      [1, 1, 0],
    );
    assertClose(poissonProbability(3, 2), (8 / 6) * Math.exp(-2));
  });

  test("an upper tail is the sum of its chances", () => {
    let sum = 0;
    for (let k = 60; k <= 100; k++) sum += binomialProbability(100, k, 0.45);
    assertClose(binomialUpperTail(100, 60, 0.45), sum);
    assert.equal(binomialUpperTail(5, 0, 0.2), 1);
  });
});

describe("special functions", () => {
  test("logGamma at whole and half numbers", () => {
    assertClose(logGamma(1), 0);
    assertClose(logGamma(0.5), Math.log(Math.sqrt(Math.PI)));
    assertClose(logGamma(21), Math.log(2_432_902_008_176_640_000));
  });

  test("the incomplete beta function is a binomial tail, and symmetric", () => {
    for (const [x, n, k] of [
      [0.3, 20, 9],
      [0.7, 20, 9],
      [0.5, 1, 1],
    ] as const) {
      let tail = 0;
      for (let j = k; j <= n; j++) tail += binomialProbability(n, j, x);
      assertClose(regularisedIncompleteBeta(x, k, n - k + 1), tail);
      assertClose(regularisedIncompleteBeta(x, k, n - k + 1), 1 - regularisedIncompleteBeta(1 - x, n - k + 1, k));
    }
    assert.deepEqual([regularisedIncompleteBeta(0, 2, 3), regularisedIncompleteBeta(1, 2, 3)], [0, 1]);
  });

  test("chi-squared with two degrees of freedom is exponential", () => {
    for (const value of [0.1, 1, 3, 4, 10, 50]) assertClose(chiSquaredUpperTail(value, 2), Math.exp(-value / 2));
    assert.equal(chiSquaredUpperTail(0, 3), 1);
  });
});
