import { InputError } from "@forkyard/core/errors";
import type { ScenarioResult } from "../run/result.ts";
import { JobThreads, threadFile } from "../threads/job-threads.ts";
import { MAX_BATCH_RUNS, MAX_BATCH_THREADS } from "./limits.ts";

/** One run in the simulator. */
export interface BatchJob {
  /** The scenario file, and its name for messages. */
  readonly text: string;
  readonly fileName: string;
  readonly seed: number;
  /** Run again, to see that a seed gives the same trace twice. */
  readonly twice: boolean;
}

export interface BatchRequest {
  readonly jobs: readonly BatchJob[];
  readonly threads: number;
  /** Told of each run as it ends, in any order. */
  readonly done: (job: BatchJob, result: ScenarioResult) => void;
}

/**
 * Runs scenarios on all cores.
 * @returns results in the order of the jobs
 * @throws InputError for too many runs; Error when a run cannot be carried out, or takes another way the second time
 */
export async function runBatch({ jobs, threads: wanted, done }: BatchRequest): Promise<readonly ScenarioResult[]> {
  if (jobs.length > MAX_BATCH_RUNS) throw new InputError(`${jobs.length} runs: at most ${MAX_BATCH_RUNS} at once`);
  const results = new Map<BatchJob, ScenarioResult>();
  const count = Math.min(wanted, MAX_BATCH_THREADS, Math.max(1, jobs.length));
  const threads = new JobThreads<BatchJob, ScenarioResult>(count, threadFile(import.meta.url, "batch-thread"));
  const taken = (job: BatchJob, result: ScenarioResult): void => {
    results.set(job, result);
    done(job, result);
  };
  try {
    await threads.run(jobs, taken, ({ fileName, seed }) => `${fileName} with seed ${seed}`);
  } finally {
    await threads.close();
  }
  return jobs.flatMap((job) => results.get(job) ?? []);
}
