import { Worker } from "node:worker_threads";
import type { Timers } from "@forkyard/core/ports/clock";
import { violation } from "../checkers/violation.ts";
import { MAX_WORLD_MS } from "./limits.ts";
import type { FuzzOutcome } from "./run-fuzz-world.ts";

/** Sources run as they are; what is built stands beside this file as JavaScript. */
const THREAD_FILE: string = import.meta.url.endsWith(".ts") ? "./fuzz-thread.ts" : "./fuzz-thread.js";

export interface ThreadData {
  readonly maxNodes: number | undefined;
}

export type ThreadAnswer =
  | { readonly seed: number; readonly outcome: FuzzOutcome }
  | { readonly seed: number; readonly error: string };

/** Worker threads that run one world each at a time. */
export class FuzzThreads {
  readonly #threads: readonly Worker[];
  readonly #timers: Timers;

  constructor(count: number, data: ThreadData, timers: Timers) {
    this.#timers = timers;
    this.#threads = Array.from(
      { length: count },
      () => new Worker(new URL(THREAD_FILE, import.meta.url), { workerData: data }),
    );
  }

  /**
   * Runs the worlds of all seeds.
   * @param done called for each as it ends, in any order; false when no more is to be begun
   * @throws Error what a thread fell over
   */
  async run(seeds: Iterable<number>, done: (seed: number, outcome: FuzzOutcome) => boolean): Promise<void> {
    const waiting = seeds[Symbol.iterator]();
    let goesOn = true;
    const taken = (seed: number, outcome: FuzzOutcome): void => {
      goesOn = done(seed, outcome) && goesOn;
    };
    const next = (): number | undefined => (goesOn ? waiting.next().value : undefined);
    await Promise.all(this.#threads.map((thread) => work(thread, next, taken, this.#timers)));
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }
}

function work(
  thread: Worker,
  next: () => number | undefined,
  done: (seed: number, outcome: FuzzOutcome) => void,
  timers: Timers,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let callOff: (() => void) | undefined;
    const begin = (): void => {
      callOff?.();
      const seed = next();
      if (seed === undefined) return resolve();
      // A thread that goes round in circles hears nothing any more: it is ended, and the others go on.
      callOff = timers.after(MAX_WORLD_MS, () => {
        done(seed, hanging());
        void thread.terminate().then(() => resolve());
      });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      thread.postMessage(seed);
    };
    thread.on("error", (error) => {
      callOff?.();
      reject(error);
    });
    thread.on("message", (answer: ThreadAnswer) => {
      if ("error" in answer) callOff?.();
      if ("error" in answer) return reject(new Error(`seed ${answer.seed}: ${answer.error}`));
      done(answer.seed, answer.outcome);
      begin();
    });
    begin();
  });
}

function hanging(): FuzzOutcome {
  const text = `it has not ended in ${MAX_WORLD_MS} ms`;
  return { violation: violation("hang", undefined, text), atMs: 0, blocks: 0, reorgs: 0, traceHash: undefined };
}
