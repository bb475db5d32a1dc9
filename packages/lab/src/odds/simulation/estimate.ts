import { HOPELESS_PROBABILITY } from "../limits.ts";
import { CONFIDENCE_DEVIATIONS, CONFIDENCE_LEVEL, wilsonInterval } from "../wilson-interval.ts";
import { hopelessDeficit } from "./race-simulation.ts";
import type { SimulationResult } from "./run-simulation.ts";
import { type ShareTally, shareStandardError } from "./share-tally.ts";

/** A simulated chance or share with its interval. */
export interface Estimate {
  readonly runs: number;
  readonly successes: number;
  readonly probability: number;
  /** Ends of the interval at `confidence`. */
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  readonly seed: number;
  readonly seconds: number;
}

export interface RaceEstimate extends Estimate {
  /** Races that nobody had won when they were cut off; `high` counts them as won, `low` as lost. */
  readonly undecided: number;
  /** Races were given up at this deficit; undefined when none are. */
  readonly givenUpAtDeficit?: number;
  /** What giving up can take from the probability at most. */
  readonly giveUpBias: number;
}

/** Tallies [won, undecided] of races. */
export function raceEstimate(result: SimulationResult, q: number): RaceEstimate {
  const [won = 0, undecided = 0] = result.tallies;
  const deficit = hopelessDeficit(q);
  const limited = Number.isFinite(deficit);
  return {
    ...estimate(result, won),
    high: wilsonInterval(won + undecided, result.runs).high,
    undecided,
    ...(limited ? { givenUpAtDeficit: deficit } : {}),
    giveUpBias: limited ? HOPELESS_PROBABILITY : 0,
  };
}

/** Tallies whose first count is that of successes. */
export function countEstimate(result: SimulationResult): Estimate {
  return estimate(result, result.tallies[0] ?? 0);
}

export interface ShareEstimate extends Estimate {
  /** All blocks on the chain; `successes` are the attacker's. */
  readonly blocks: number;
}

/** Tallies of cycles: the interval follows from how cycles differ. */
export function shareEstimate(result: SimulationResult): ShareEstimate {
  const tally = result.tallies as ShareTally;
  const [own, blocks] = tally;
  const half = CONFIDENCE_DEVIATIONS * shareStandardError(tally);
  const probability = own / blocks;
  return {
    runs: result.runs,
    successes: own,
    blocks,
    probability,
    low: Math.max(0, probability - half),
    high: Math.min(1, probability + half),
    confidence: CONFIDENCE_LEVEL,
    seed: result.seed,
    seconds: result.seconds,
  };
}

function estimate({ runs, seed, seconds }: SimulationResult, successes: number): Estimate {
  const { low, high } = wilsonInterval(successes, runs);
  return { runs, successes, probability: successes / runs, low, high, confidence: CONFIDENCE_LEVEL, seed, seconds };
}
