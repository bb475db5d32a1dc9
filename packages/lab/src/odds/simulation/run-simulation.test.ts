import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { CHUNK_RUNS, MAX_RUNS } from "../limits.ts";
import { CONFIDENCE_DEVIATIONS } from "../wilson-interval.ts";
import { countEstimate, raceEstimate, shareEstimate } from "./estimate.ts";
import type { Question } from "./question.ts";
import { runSimulation, type SimulationRequest } from "./run-simulation.ts";

const question: Question = { kind: "race", model: "rosenfeld", q: 0.3, z: 6 };
const runs = 5 * CHUNK_RUNS + 17;

function request(changes: Partial<SimulationRequest>): SimulationRequest {
  let nowMs = 0;
  const clock = { nowMs: () => 0, monotonicMs: () => (nowMs += 1500) };
  return { question, runs, seed: 7, workers: 0, clock, ...changes };
}

describe("a simulation on worker threads", () => {
  test("gives the same tallies on any number of threads, or on this one", async () => {
    const here = await runSimulation(request({}));
    assert.equal(here.runs, runs);
    assert.equal(here.seconds, 1.5);
    for (const workers of [1, 2, 5, 64]) {
      assert.deepEqual((await runSimulation(request({ workers }))).tallies, here.tallies, `${workers} workers`);
    }
  });

  test("gives other tallies for another seed", async () => {
    const [one, two] = await Promise.all([7, 8].map((seed) => runSimulation(request({ seed }))));
    assert.notDeepEqual(one?.tallies, two?.tallies);
  });

  test("does exactly the runs that were asked for, and tells how far it is", async () => {
    for (const workers of [0, 2]) {
      for (const asked of [1, CHUNK_RUNS, CHUNK_RUNS + 1, runs]) {
        const told: number[] = [];
        const onProgress = (done: number): void => void told.push(done);
        const stakes: Question = { kind: "stake", stakes: [1, 1, 1], streak: 1 };
        const { tallies } = await runSimulation(request({ question: stakes, runs: asked, workers, onProgress }));
        assert.equal((tallies[0] ?? 0) + (tallies[1] ?? 0) + (tallies[2] ?? 0), asked);
        assert.equal(told.length, Math.ceil(asked / CHUNK_RUNS));
        assert.deepEqual(
          told,
          told.toSorted((a, b) => a - b),
        );
        assert.equal(told.at(-1), asked);
      }
    }
  });

  test("refuses counts that make no sense and tables that are too large, before a thread starts", async () => {
    const wrong: readonly Partial<SimulationRequest>[] = [
      { runs: 0 },
      { runs: 1.5 },
      { runs: MAX_RUNS + 1 },
      { seed: -1 },
      { workers: -1 },
      { workers: 1e6 },
      { workers: 2, question: { kind: "race", model: "nakamoto", q: 0.999, z: 1_000_000 } },
    ];
    for (const changes of wrong) await assert.rejects(runSimulation(request(changes)), InputError);
  });
});

describe("estimates", () => {
  const result = { runs: 1000, seed: 1, seconds: 2 };

  test("Wilson's interval holds the share, and is sane at the ends", () => {
    const none = countEstimate({ ...result, tallies: [0] });
    const all = countEstimate({ ...result, tallies: [1000] });
    const half = countEstimate({ ...result, tallies: [500] });
    assert.deepEqual([none.probability, none.low, all.probability, all.high], [0, 0, 1, 1]);
    assert.ok(none.high > 0.006 && none.high < 0.007, String(none.high));
    assert.ok(Math.abs(1 - all.low - none.high) < 1e-12);
    assert.ok(
      Math.abs(half.high - 0.5 - CONFIDENCE_DEVIATIONS * Math.sqrt(0.25 / (1000 + CONFIDENCE_DEVIATIONS ** 2))) < 1e-12,
    );
    assert.equal(half.confidence, 0.99);
  });

  test("undecided races count as lost below and as won above", () => {
    const sure = raceEstimate({ ...result, tallies: [900, 0] }, 0.5);
    const unsure = raceEstimate({ ...result, tallies: [900, 50] }, 0.5);
    assert.equal(unsure.low, sure.low);
    assert.ok(unsure.high > 0.95 && sure.high < 0.93);
    assert.deepEqual([unsure.undecided, unsure.giveUpBias, unsure.givenUpAtDeficit], [50, 0, undefined]);
  });

  test("what giving up can take from a chance is stated, and is small", () => {
    const { giveUpBias, givenUpAtDeficit = 0 } = raceEstimate({ ...result, tallies: [100, 0] }, 0.3);
    assert.ok((0.3 / 0.7) ** givenUpAtDeficit <= giveUpBias);
    assert.ok(giveUpBias <= 1e-9);
  });

  test("the error of a share follows from how cycles differ", () => {
    // 50 cycles of one own block, 50 of one other: the error of a coin thrown 100 times.
    const estimate = shareEstimate({ ...result, tallies: [50, 100, 50, 50, 100] });
    assert.equal(estimate.probability, 0.5);
    assert.ok(Math.abs(estimate.high - 0.5 - CONFIDENCE_DEVIATIONS * 0.05) < 1e-12);
    assert.equal(estimate.blocks, 100);
  });
});
