import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { solveOptimalMining } from "../optimal-mining/optimal-mining.ts";
import { tableOf } from "../optimal-mining/policy-table.ts";
import { honestPolicy, selfishPolicy } from "../optimal-mining/reference-policies.ts";
import { RACE_MODEL_NAMES, RACE_MODELS } from "../race-models.ts";
import { selfishRevenue } from "../selfish-revenue.ts";
import { stakeChiSquared, streakProbability } from "../stake-lottery.ts";
import { constantDelayStaleRate, deckerWattenhoferForkRate } from "../stale-rate.ts";
import { addTallies, chunkCount, simulateChunk } from "./chunks.ts";
import { prepare, type Question } from "./question.ts";
import { type ShareTally, shareStandardError } from "./share-tally.ts";

const SEED = 2;
const MAX_DEVIATIONS = 3;
/** Successes from which on their number is normally distributed for all that matters here. */
const ENOUGH_EXPECTED = 100;

function simulated(question: Question, runs: number): readonly number[] {
  const simulate = prepare(question);
  let tallies: readonly number[] = [];
  for (let chunk = 0; chunk < chunkCount(runs); chunk++) {
    tallies = addTallies(tallies, simulateChunk(simulate, SEED, chunk, runs));
  }
  return tallies;
}

/** Standard deviations between a count of successes and its chance. */
function deviations(successes: number, runs: number, chance: number): number {
  if (chance === 1) return successes === runs ? 0 : Number.POSITIVE_INFINITY;
  return (successes - runs * chance) / Math.sqrt(runs * chance * (1 - chance));
}

function assertWithin(deviation: number, name: string): void {
  assert.ok(Math.abs(deviation) < MAX_DEVIATIONS, `${name}: ${deviation} standard deviations (seed ${SEED})`);
}

describe("races", () => {
  const runs = 200_000;
  const shares = [0.02, 0.1, 0.2, 0.3, 0.4, 0.45];
  const confirmations = [0, 1, 2, 3, 6, 10, 25];
  for (const model of RACE_MODEL_NAMES) {
    test(`${model}: simulation and closed form agree, cell by cell and as a whole`, () => {
      let cells = 0;
      let squares = 0;
      for (const q of shares) {
        for (const z of confirmations) {
          const [won = 0, undecided = 0] = simulated({ kind: "race", model, q, z }, runs);
          assert.equal(undecided, 0);
          const chance = RACE_MODELS[model].probability(q, z);
          const expected = runs * chance;
          // With few expected successes the normal law does not hold; a Poisson count stays well within this.
          if (expected < ENOUGH_EXPECTED)
            assert.ok(won < expected + 6 * Math.sqrt(expected) + 6, `q=${q} z=${z}: ${won}`);
          else {
            const deviation = deviations(won, runs, chance);
            assertWithin(deviation, `q=${q} z=${z}`);
            if (chance < 1) {
              cells += 1;
              squares += deviation * deviation;
            }
          }
        }
      }
      // A small bias everywhere would show in the sum: its mean is the number of cells, its variance twice that.
      assert.ok(cells > 20);
      assert.ok(Math.abs(squares - cells) < 3.5 * Math.sqrt(2 * cells), `${squares} over ${cells} cells`);
    });
  }

  test("close to one half and deep", () => {
    for (const [q, z, races] of [
      [0.49, 100, 100_000],
      [0.3, 200, 10_000],
      [0.499, 1000, 30_000],
    ] as const) {
      const [won = 0] = simulated({ kind: "race", model: "strict", q, z }, races);
      const chance = RACE_MODELS.strict.probability(q, z);
      if (races * chance < 1) assert.equal(won, 0);
      else assertWithin(deviations(won, races, chance), `q=${q} z=${z}`);
    }
  });

  test("at one half hardly a race is undecided, above and at the ends none", () => {
    const races = 20_000;
    const [won = 0, undecided = 0] = simulated({ kind: "race", model: "strict", q: 0.5, z: 6 }, races);
    assert.equal(won + undecided, races);
    assert.ok(undecided < races / 1000, String(undecided));
    for (const q of [0.6, 1]) {
      assert.deepEqual(simulated({ kind: "race", model: "strict", q, z: 6 }, races), [races, 0]);
    }
    assert.deepEqual(simulated({ kind: "race", model: "strict", q: 0, z: 1 }, races), [0, 0]);
  });
});

/** Standard errors between a simulated share and what it should be. */
function shareDeviations(tally: readonly number[], share: number): number {
  const [own = 0, all = 1] = tally;
  return (own / all - share) / shareStandardError(tally as ShareTally);
}

describe("withholding", () => {
  const runs = 300_000;
  test("Eyal and Sirer's state machine earns what their formula says", () => {
    for (const alpha of [0.05, 0.1, 0.2, 0.25, 0.3, 1 / 3, 0.35, 0.45]) {
      for (const gamma of [0, 0.25, 0.5, 0.75, 1]) {
        const tally = simulated({ kind: "selfish", alpha, gamma }, runs);
        assertWithin(shareDeviations(tally, selfishRevenue(alpha, gamma)), `alpha=${alpha} gamma=${gamma}`);
      }
    }
  });

  test("the same strategy as a policy of the general game", () => {
    for (const [alpha, gamma] of [
      [0.2, 0.5],
      [0.35, 0],
      [0.4, 1],
    ] as const) {
      const tally = simulated({ kind: "withholding", alpha, gamma, policy: tableOf(selfishPolicy, 120) }, runs);
      assertWithin(shareDeviations(tally, selfishRevenue(alpha, gamma)), `alpha=${alpha} gamma=${gamma}`);
    }
  });

  test("honest mining as a policy earns its share", () => {
    const tally = simulated({ kind: "withholding", alpha: 0.3, gamma: 0.5, policy: tableOf(honestPolicy, 10) }, runs);
    assertWithin(shareDeviations(tally, 0.3), "honest");
  });

  test("the solver's policies earn what the solver says", () => {
    for (const [alpha, gamma] of [
      [0.35, 0],
      [0.4, 0.5],
      [0.45, 0],
      [0.2, 1],
    ] as const) {
      const { revenue, table } = solveOptimalMining({ alpha, gamma, maxForkBlocks: 60 });
      const tally = simulated({ kind: "withholding", alpha, gamma, policy: table }, runs);
      assertWithin(shareDeviations(tally, revenue), `alpha=${alpha} gamma=${gamma}`);
    }
  });
});

describe("stale blocks", () => {
  const runs = 400_000;

  test("constant delay", () => {
    for (const ownShare of [0, 0.1, 0.6]) {
      for (const delaySeconds of [1, 2, 6.5, 12.6, 20, 40, 900]) {
        const [forks = 0] = simulated({ kind: "constant-delay", delaySeconds, intervalSeconds: 600, ownShare }, runs);
        const chance = constantDelayStaleRate(delaySeconds, 600, ownShare);
        assertWithin(deviations(forks, runs, chance), `${delaySeconds} s, own share ${ownShare}`);
      }
    }
  });

  test("spreading news (Decker and Wattenhofer)", () => {
    for (const [ignoranceSeconds, intervalSeconds] of [
      [11.37, 633.68],
      [60, 600],
      [3, 10],
    ] as const) {
      const [forks = 0] = simulated({ kind: "spreading-news", ignoranceSeconds, intervalSeconds }, runs);
      const chance = deckerWattenhoferForkRate(ignoranceSeconds, intervalSeconds);
      assertWithin(deviations(forks, runs, chance), `${ignoranceSeconds} s`);
    }
  });
});

test("lottery of stakes: blocks won and blocks in a row", () => {
  const runs = 400_000;
  const stakes = [1, 2, 3, 4];
  const tallies = simulated({ kind: "stake", stakes, streak: 3 }, runs);
  assert.ok(stakeChiSquared(stakes, tallies.slice(0, 4)).pValue > 0.001);
  for (const [i, stake] of stakes.entries()) {
    const chance = streakProbability(stake / 10, 3);
    assertWithin(deviations(tallies[4 + i] ?? 0, runs, chance), `three in a row with ${stake} of 10`);
    assertWithin(deviations(tallies[i] ?? 0, runs, stake / 10), `one with ${stake} of 10`);
  }
});
