import { parentPort } from "node:worker_threads";
import { installSha256 } from "@forkyard/consensus/sha256/install-sha256";
import { assert } from "@forkyard/core/errors";
import type { JobAnswer } from "./job-threads.ts";

/** Makes this thread do the jobs that `JobThreads` sends it. */
export function serveJobs<Job, Result>(work: (job: Job) => Promise<Result>): void {
  const port = parentPort;
  assert(port !== null, "jobs are done on a thread");
  installSha256();
  const answer = (said: JobAnswer<Result>): void => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    port.postMessage(said);
  };
  port.on("message", (job: Job) => {
    void work(job).then(
      (result) => answer({ result }),
      (error: unknown) => answer({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
}
