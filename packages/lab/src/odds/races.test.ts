import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { attackBalance, confirmationsAgainstProfit } from "./confirmation-policy.ts";
import { confirmationsForRisk, leastConfirmations } from "./confirmations.ts";
import { MAX_SEARCHED_CONFIRMATIONS } from "./limits.ts";
import { nakamotoProbability } from "./nakamoto.ts";
import { paperTables, shareTable } from "./paper-tables.ts";
import { RACE_MODEL_NAMES, RACE_MODELS } from "./race-models.ts";
import { grunspanPerezMarcoProbability, rosenfeldProbability } from "./rosenfeld.ts";
import { strictProbability } from "./strict.ts";

/** The sums as the papers print them: right for small z, useless for large ones. */
const printed = {
  nakamoto: (q: number, z: number): number => {
    const mean = (z * q) / (1 - q);
    let poisson = Math.exp(-mean);
    let sum = 0;
    for (let k = 0; k <= z; k++) {
      sum += poisson * (1 - (q / (1 - q)) ** (z - k));
      poisson *= mean / (k + 1);
    }
    return 1 - sum;
  },
  rosenfeld: (q: number, n: number): number => printedNegativeBinomial(q, n, (m) => 1 - (q / (1 - q)) ** (n - m)),
  strict: (q: number, n: number): number => printedNegativeBinomial(q, n, (m) => 1 - (q / (1 - q)) ** (n - m + 1)),
};

function printedNegativeBinomial(q: number, n: number, lost: (m: number) => number): number {
  let chance = (1 - q) ** n;
  let sum = 0;
  for (let m = 0; m <= n; m++) {
    sum += chance * lost(m);
    chance *= ((m + n) / (m + 1)) * q;
  }
  return 1 - sum;
}

const minorities: fc.Arbitrary<number> = fc.double({ min: 0.001, max: 0.499, noNaN: true });
const someConfirmations: fc.Arbitrary<number> = fc.integer({ min: 1, max: 30 });

describe("closed forms of the race", () => {
  for (const name of RACE_MODEL_NAMES) {
    const { probability } = RACE_MODELS[name];

    test(`${name} is the printed sum`, () => {
      fc.assert(
        fc.property(minorities, someConfirmations, (q, z) => {
          assert.ok(Math.abs(probability(q, z) - printed[name](q, z)) < 1e-12);
        }),
      );
    });

    test(`${name} is a probability that falls with z and rises with q, however large z is`, () => {
      fc.assert(
        fc.property(minorities, fc.integer({ min: 0, max: 20_000 }), (q, z) => {
          const chance = probability(q, z);
          assert.ok(chance >= 0 && chance <= 1, String(chance));
          assert.ok(probability(q, z + 1) <= chance);
          assert.ok(probability(Math.min(0.5, q + 0.0005), z) >= chance);
        }),
      );
    });

    test(`${name} at the ends`, () => {
      for (const q of [0.5, 0.7, 1]) assert.equal(probability(q, 100), 1);
      assert.equal(probability(0, 1), 0);
      assert.equal(probability(0.1, 0), name === "strict" ? 0.1 / 0.9 : 1);
      assert.ok(probability(0.4999999, 1000) > 0.9999);
    });
  }

  // Computed with 60 digits from the printed sums and the beta function.
  const exact: readonly (readonly [(q: number, z: number) => number, number, number, number])[] = [
    [nakamotoProbability, 0.49, 3000, 0.06154459106518294],
    [nakamotoProbability, 0.499, 5000, 0.8691428620678034],
    [rosenfeldProbability, 0.1, 100, 2.998065647822807e-46],
    [rosenfeldProbability, 0.49, 3000, 0.1213135270586952],
    [rosenfeldProbability, 0.499, 5000, 0.8414843350868394],
    [strictProbability, 0.1, 100, 5.9666081925296798e-47],
    [strictProbability, 0.49, 3000, 0.1188740143550983],
    [strictProbability, 0.499, 5000, 0.8397891155396645],
  ];
  for (const [probability, q, z, value] of exact) {
    test(`${probability.name} keeps its digits at q=${q} z=${z}`, () => {
      assert.ok(Math.abs(probability(q, z) / value - 1) < 1e-12, String(probability(q, z)));
    });
  }

  test("the beta form agrees with the sum", () => {
    fc.assert(
      fc.property(minorities, fc.integer({ min: 0, max: 2000 }), (q, n) => {
        assert.ok(Math.abs(grunspanPerezMarcoProbability(q, n) - rosenfeldProbability(q, n)) < 1e-9);
      }),
    );
  });
});

describe("how many confirmations", () => {
  test("the least at which it holds, whatever it is", () => {
    for (const least of [0, 1, 2, 3, 4, 7, 8, 1000, MAX_SEARCHED_CONFIRMATIONS]) {
      assert.equal(
        leastConfirmations((z) => z >= least),
        least,
      );
    }
    assert.equal(
      leastConfirmations(() => false),
      undefined,
    );
  });

  test("by risk: enough, and one less is not; a majority can never be waited out", () => {
    for (const q of [0.01, 0.2, 0.48]) {
      const z = confirmationsForRisk(rosenfeldProbability, q, 1e-4) ?? Number.NaN;
      assert.ok(rosenfeldProbability(q, z) < 1e-4 && rosenfeldProbability(q, z - 1) >= 1e-4);
    }
    assert.equal(confirmationsForRisk(rosenfeldProbability, 0.5, 0.001), undefined);
  });

  test("by profit: the attack loses money there and earns some one block before", () => {
    for (const q of [0.1, 0.3, 0.49, 0.6]) {
      const payment = { amount: 1000, q, hashCost: 3, blockReward: 1 };
      const z = confirmationsAgainstProfit(rosenfeldProbability, payment) ?? Number.NaN;
      const gain = (at: number): number => {
        const { expectedGain, expectedCost } = attackBalance(rosenfeldProbability, payment, at);
        return expectedGain - expectedCost;
      };
      assert.ok(gain(z) <= 0 && gain(z - 1) > 0, `q=${q} z=${z}`);
    }
  });

  test("by profit: a majority pays for its power unless the blocks do", () => {
    const majority = { amount: 2000, q: 0.55, hashCost: 3 };
    const z = confirmationsAgainstProfit(rosenfeldProbability, { ...majority, blockReward: 0 });
    assert.equal(z, Math.ceil((2000 * 0.45) / (0.55 * 3)));
    assert.equal(confirmationsAgainstProfit(rosenfeldProbability, { ...majority, blockReward: 4 }), undefined);
  });
});

test("tables name their convention, and have as many cells as columns", () => {
  const tables = RACE_MODEL_NAMES.flatMap((name) => [...paperTables(name), shareTable(name, 0.25, [0, 200])]);
  for (const table of tables) {
    assert.equal(table.convention, RACE_MODELS[table.model].convention);
    for (const row of table.rows) assert.equal(row.length, table.columns.length);
  }
});
