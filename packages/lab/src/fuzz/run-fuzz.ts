import type { Timers } from "@forkyard/core/ports/clock";
import type { Violation } from "../checkers/violation.ts";
import { FuzzThreads } from "./fuzz-threads.ts";
import { MAX_FUZZ_FAILURES } from "./limits.ts";

export interface FuzzPlan {
  readonly firstSeed: number;
  readonly worlds: number;
  readonly maxNodes: number | undefined;
  readonly threads: number;
  /** Of the process: a world that hangs is given up after a while. */
  readonly timers: Timers;
}

export interface FuzzFailure {
  readonly seed: number;
  readonly violation: Violation;
}

export interface FuzzReport {
  /** Worlds that were run to their end. */
  readonly worlds: number;
  readonly blocks: number;
  readonly reorgs: number;
  /** Lowest seed first. */
  readonly failures: readonly FuzzFailure[];
}

/**
 * Runs the worlds of one seed after the other on several threads, until all are done or many have failed.
 * @param progress told after every world
 */
export async function runFuzz(plan: FuzzPlan, progress: (report: FuzzReport) => void): Promise<FuzzReport> {
  const threads = new FuzzThreads(Math.min(plan.threads, plan.worlds), { maxNodes: plan.maxNodes }, plan.timers);
  let report: FuzzReport = { worlds: 0, blocks: 0, reorgs: 0, failures: [] };
  try {
    await threads.run(seedsOf(plan), (seed, { blocks, reorgs, violation }) => {
      const failures = violation === undefined ? report.failures : [...report.failures, { seed, violation }];
      report = {
        worlds: report.worlds + 1,
        blocks: report.blocks + blocks,
        reorgs: report.reorgs + reorgs,
        failures: failures.toSorted((a, b) => a.seed - b.seed),
      };
      progress(report);
      return report.failures.length < MAX_FUZZ_FAILURES;
    });
  } finally {
    await threads.close();
  }
  return report;
}

function* seedsOf({ firstSeed, worlds }: FuzzPlan): Generator<number> {
  for (let index = 0; index < worlds; index++) yield firstSeed + index;
}
