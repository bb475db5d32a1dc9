/** One thread of a fuzz run: is told a seed, answers what became of its world. */
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "@forkyard/core/errors";
import type { ThreadAnswer, ThreadData } from "./fuzz-threads.ts";
import { runSeed } from "./run-seed.ts";

const port = parentPort;
assert(port !== null, "this file is a worker thread");
const { maxNodes } = workerData as ThreadData;

port.on("message", (seed: number) => {
  void runSeed(seed, maxNodes).then(
    (outcome) => answer({ seed, outcome }),
    (error: unknown) => answer({ seed, error: error instanceof Error ? error.message : String(error) }),
  );
});

function answer(said: ThreadAnswer): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  port?.postMessage(said);
}
