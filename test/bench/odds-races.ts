import { availableParallelism } from "node:os";
import { runSimulation } from "@forkyard/lab/odds/simulation/run-simulation";
import { type BenchCase, measure, type Suite } from "./measure.ts";

const ROUNDS = 5;
const RUNS = 10_000_000;
/** Shares of hash power from easy to hard: the closer to one half, the longer a race. */
const SHARES: readonly number[] = [0.1, 0.3, 0.45];
const CONFIRMATIONS = 6;

/** Catch-up races of Rosenfeld's model, on one worker and on as many as there are cores; their start counts. */
export const oddsRacesSuite: Suite = {
  name: "odds-races",
  about: "Monte Carlo catch-up races a second, of Rosenfeld's model at z = 6, on one worker and on all cores",
  async run(progress) {
    const counts = [...new Set([1, availableParallelism()])];
    return measure(
      SHARES.flatMap((q) => counts.map((workers) => raceCase(q, workers))),
      ROUNDS,
      progress,
    );
  },
};

function raceCase(q: number, workers: number): BenchCase {
  return {
    name: `catch-up races, q=${q} z=${CONFIRMATIONS}, ${workers} ${workers === 1 ? "worker" : "workers"}`,
    unit: "races/s",
    clock: "wall",
    sample: async () => {
      const { seconds } = await runSimulation({
        question: { kind: "race", model: "rosenfeld", q, z: CONFIRMATIONS },
        runs: RUNS,
        seed: 1,
        workers,
        clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
      });
      return RUNS / seconds;
    },
  };
}
