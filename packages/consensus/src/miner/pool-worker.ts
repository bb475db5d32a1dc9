import { Worker } from "node:worker_threads";
import type { NonceRangeJob } from "./nonce-search.ts";
import type { PowCommand, PowReport, PowWorkerData } from "./pow-protocol.ts";

/** Sources run as they are; what is built stands beside this file as JavaScript. */
const WORKER_FILE: string = import.meta.url.endsWith(".ts") ? "./pow-worker.ts" : "./pow-worker.js";

export type ReadyReport = Extract<PowReport, { kind: "ready" }>;

/** Called with whatever a worker says once it is ready, and with what made it end. */
export interface PoolWorkerHandlers {
  report(report: Exclude<PowReport, ReadyReport>): void;
  failed(error: Error): void;
}

/** A worker thread as the pool sees it. Commands given before it is ready wait in its message queue. */
export class PoolWorker {
  readonly ready: Promise<ReadyReport>;
  readonly #worker: Worker;

  constructor(data: PowWorkerData, handlers: PoolWorkerHandlers) {
    const worker = new Worker(new URL(WORKER_FILE, import.meta.url), { workerData: data });
    this.#worker = worker;
    this.ready = new Promise((resolve, reject) => {
      worker.on("message", (report: PowReport) => {
        if (report.kind === "ready") resolve(report);
        else handlers.report(report);
      });
      worker.on("error", (error: Error) => {
        reject(error);
        handlers.failed(error);
      });
    });
    // Whoever does not wait for it hears of a failure through the handlers.
    this.ready.catch(() => {});
  }

  mine(job: NonceRangeJob, background: boolean): void {
    this.#send({ kind: "mine", job, background });
  }

  stop(): void {
    this.#send({ kind: "stop" });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #send(command: PowCommand): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#worker.postMessage(command);
  }
}
