import { Worker } from "node:worker_threads";
import type { Measured } from "./sweep-file.ts";
import type { SweepJob } from "./sweep-points.ts";

/** Sources run as they are; what is built stands beside this file as JavaScript. */
const THREAD_FILE: string = import.meta.url.endsWith(".ts") ? "./sweep-thread.ts" : "./sweep-thread.js";

/** The scenario that a thread runs again and again. */
export interface ThreadData {
  readonly text: string;
  readonly fileName: string;
  readonly measures: readonly string[];
}

export type ThreadAnswer =
  | { readonly job: number; readonly measured: Measured }
  | { readonly job: number; readonly error: string };

/** Worker threads that run jobs, one each at a time. */
export class SweepThreads {
  readonly #threads: readonly Worker[];

  constructor(count: number, data: ThreadData) {
    this.#threads = Array.from(
      { length: count },
      () => new Worker(new URL(THREAD_FILE, import.meta.url), { workerData: data }),
    );
  }

  /**
   * Runs all jobs; `done` is called for each as it ends, in any order.
   * @throws Error what made a run fail; the others are given up
   */
  async run(jobs: Iterable<SweepJob>, done: (job: SweepJob, measured: Measured) => void): Promise<void> {
    const waiting = jobs[Symbol.iterator]();
    await Promise.all(this.#threads.map((thread) => work(thread, waiting, done)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }
}

function work(
  thread: Worker,
  waiting: Iterator<SweepJob>,
  done: (job: SweepJob, measured: Measured) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let current: SweepJob | undefined;
    const next = (): void => {
      const { value, done: over } = waiting.next();
      current = over === true ? undefined : value;
      if (current === undefined) resolve();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      else thread.postMessage(current);
    };
    thread.on("error", reject);
    thread.on("message", (answer: ThreadAnswer) => {
      if (current === undefined) return;
      if ("error" in answer) {
        const settings = JSON.stringify(current.settings);
        reject(new Error(`the run with ${settings} and seed ${current.seed} failed: ${answer.error}`));
        return;
      }
      done(current, answer.measured);
      next();
    });
    next();
  });
}
