import { Worker } from "node:worker_threads";
import type { HelpCommand, LeftReport, ScriptThreadData } from "./protocol.ts";

/** Sources run as they are; what is built stands beside this file as JavaScript. */
const THREAD_FILE: string = import.meta.url.endsWith(".ts") ? "./script-thread.ts" : "./script-thread.js";

export interface PoolThreadHandlers {
  /** It has left a part: all of that is done or being done by others. */
  left(): void;
  /** It ended, which it never should. */
  failed(error: Error): void;
}

/** A script thread as the pool sees it. What it is asked before it runs waits in its message queue. */
export class PoolThread {
  readonly #worker: Worker;
  #closing = false;

  constructor(data: ScriptThreadData, handlers: PoolThreadHandlers) {
    this.#worker = new Worker(new URL(THREAD_FILE, import.meta.url), { workerData: data });
    this.#worker.on("message", (_report: LeftReport) => {
      handlers.left();
    });
    this.#worker.on("error", (error: Error) => handlers.failed(error));
    this.#worker.on("exit", (code) => {
      if (!this.#closing) handlers.failed(new Error(`a script thread ended with code ${code}`));
    });
  }

  /** Has it run what it can claim of a part, after all that it was given before. */
  help(memory: SharedArrayBuffer): void {
    const command: HelpCommand = { memory };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#worker.postMessage(command);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#worker.terminate();
  }
}
