import { Worker } from "node:worker_threads";

/** What a thread says of a job. */
export type JobAnswer<Result> = { readonly result: Result } | { readonly error: string };

/** Sources run as they are; what is built stands in the same place as JavaScript. @param name of the file, without ending */
export function threadFile(beside: string, name: string): URL {
  return new URL(`./${name}${beside.endsWith(".ts") ? ".ts" : ".js"}`, beside);
}

/** Worker threads that do jobs, one each at a time (the other side: serve-jobs.ts). */
export class JobThreads<Job, Result> {
  readonly #threads: readonly Worker[];

  /** @param data what all jobs have in common */
  constructor(count: number, file: URL, data?: unknown) {
    this.#threads = Array.from({ length: count }, () => new Worker(file, { workerData: data }));
  }

  /**
   * Has all jobs done; `done` is called for each as it ends, in any order.
   * @param nameOf how a job is called when it fails
   * @throws Error what made a job fail; the others are given up
   */
  async run(
    jobs: Iterable<Job>,
    done: (job: Job, result: Result) => void,
    nameOf: (job: Job) => string,
  ): Promise<void> {
    const waiting = jobs[Symbol.iterator]();
    await Promise.all(this.#threads.map((thread) => work({ thread, waiting, done, nameOf })));
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }
}

interface Work<Job, Result> {
  readonly thread: Worker;
  readonly waiting: Iterator<Job>;
  readonly done: (job: Job, result: Result) => void;
  readonly nameOf: (job: Job) => string;
}

function work<Job, Result>({ thread, waiting, done, nameOf }: Work<Job, Result>): Promise<void> {
  return new Promise((resolve, reject) => {
    let current: Job | undefined;
    const next = (): void => {
      const { value, done: over } = waiting.next();
      current = over === true ? undefined : value;
      if (current === undefined) resolve();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      else thread.postMessage(current);
    };
    thread.on("error", reject);
    thread.on("message", (answer: JobAnswer<Result>) => {
      if (current === undefined) return;
      if ("error" in answer) {
        reject(new Error(`${nameOf(current)} failed: ${answer.error}`));
        return;
      }
      done(current, answer.result);
      next();
    });
    next();
  });
}
