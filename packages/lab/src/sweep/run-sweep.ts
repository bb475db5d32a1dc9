import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { InputError } from "@forkyard/core/errors";
import { parseScenario } from "../scenario/parse-scenario.ts";
import { JobThreads, threadFile } from "../threads/job-threads.ts";
import { MAX_SWEEP_THREADS } from "./limits.ts";
import type { SweepScenario } from "./measure-run.ts";
import { type Measured, readSweepFile, SweepFile, type SweepHeader, type SweepResults } from "./sweep-file.ts";
import { inShard, type Shard, type SweepJob, sweepJobs } from "./sweep-points.ts";

export interface SweepRequest {
  /** The scenario file, and its name for messages. */
  readonly text: string;
  readonly fileName: string;
  /** Runs for each point; the file's own number when absent. */
  readonly seeds?: number;
  /** The file's own seed when absent. */
  readonly firstSeed?: number;
  readonly shard: Shard;
  /** Results file, one line for each run; gone on with when it is there. */
  readonly resultsFile: string;
  /** As many as there are cores when absent. */
  readonly threads?: number;
  readonly progress: (done: number, of: number) => void;
}

/**
 * Runs a sweep, or this machine's share of it, on all cores; runs that are in the results file already are left out.
 * @throws InputError when the file has no sweep, or the results file belongs to another
 */
export async function runSweep(request: SweepRequest): Promise<SweepResults> {
  const { text, fileName, resultsFile } = request;
  const header = sweepHeader(request);
  const file = SweepFile.open(resultsFile, header);
  const jobs = [...sweepJobs(header.plan, header.firstSeed)].filter((job) => inShard(job, request.shard));
  const left = jobs.filter(({ job }) => !file.done.has(job));
  let done = jobs.length - left.length;
  request.progress(done, jobs.length);
  const count = Math.min(request.threads ?? availableParallelism(), MAX_SWEEP_THREADS, Math.max(1, left.length));
  const scenario: SweepScenario = { text, fileName, measures: header.plan.measures };
  const threads = new JobThreads<SweepJob, Measured>(count, threadFile(import.meta.url, "sweep-thread"), scenario);
  const taken = ({ job, point, seed }: SweepJob, measured: Measured): void => {
    file.append({ job, point, seed, measured });
    done += 1;
    request.progress(done, jobs.length);
  };
  try {
    await threads.run(left, taken, ({ settings, seed }) => `the run with ${JSON.stringify(settings)} and seed ${seed}`);
  } finally {
    await threads.close();
  }
  const { results } = readSweepFile(resultsFile);
  // Threads end in any order: what comes out must not depend on it.
  return { header, results: [...results].toSorted((a, b) => a.job - b.job) };
}

function sweepHeader({ text, fileName, seeds, firstSeed }: SweepRequest): SweepHeader {
  const { name, seed, sweep } = parseScenario(text, fileName);
  if (sweep === undefined) {
    throw new InputError(`${fileName} has no "sweep": add one with ranges, seeds and measures (docs/scenarios.md)`);
  }
  return {
    sweep: name,
    scenarioHash: createHash("sha256").update(text).digest("hex"),
    firstSeed: firstSeed ?? seed,
    plan: { ...sweep, seeds: seeds ?? sweep.seeds },
  };
}
