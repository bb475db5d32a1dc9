import { randomInt } from "node:crypto";
import { relative } from "node:path";
import { repositoryRoot } from "../../repository-root.ts";

/**
 * What the environment asks of the fuzz suite. `FORKYARD_FUZZ_SEED`: the seed, or seed and number of the run to begin
 * with ("12345.678"); drawn and printed when absent. `FORKYARD_FUZZ_RUNS`: inputs for each decoder; a small share when
 * absent.
 */
export interface FuzzPlan {
  readonly seed: string;
  readonly firstRun: number;
  readonly runs: number | undefined;
}

export const plan: FuzzPlan = readPlan(process.env["FORKYARD_FUZZ_SEED"], process.env["FORKYARD_FUZZ_RUNS"]);

function readPlan(seedText: string | undefined, runsText: string | undefined): FuzzPlan {
  const match = /^([A-Za-z0-9]+)(?:\.(\d+))?$/.exec(seedText ?? String(randomInt(2 ** 32)));
  const runs = runsText === undefined ? undefined : Number(runsText);
  if (match === null || (runs !== undefined && !(Number.isSafeInteger(runs) && runs > 0))) {
    throw new Error("FORKYARD_FUZZ_SEED is letters and digits with an optional .RUN; FORKYARD_FUZZ_RUNS is above 0");
  }
  return { seed: match[1] as string, firstRun: Number(match[2] ?? 0), runs };
}

/** The command that repeats one run of a test file; `run` may be a placeholder. */
export function repeatCommand(testFile: string, run: number | string): string {
  const file = relative(repositoryRoot, testFile);
  return `FORKYARD_FUZZ_SEED=${plan.seed}.${run} FORKYARD_FUZZ_RUNS=1 npm test -- ${file}`;
}
