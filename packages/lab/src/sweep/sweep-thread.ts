/** One thread of a sweep: is told a run, answers what it measured. */
import { parentPort, workerData } from "node:worker_threads";
import { installSha256 } from "@forkyard/consensus/sha256/install-sha256";
import { assert } from "@forkyard/core/errors";
import { measureRun } from "./measure-run.ts";
import type { SweepJob } from "./sweep-points.ts";
import type { ThreadAnswer, ThreadData } from "./sweep-threads.ts";

const port = parentPort;
assert(port !== null, "this file is a worker thread");
const scenario = workerData as ThreadData;
installSha256();

port.on("message", (job: SweepJob) => {
  void measureRun(scenario, job).then(
    (measured) => answer({ job: job.job, measured }),
    (error: unknown) => answer({ job: job.job, error: error instanceof Error ? error.message : String(error) }),
  );
});

function answer(said: ThreadAnswer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  port?.postMessage(said);
}
