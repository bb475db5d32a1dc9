import { Worker } from "node:worker_threads";

/** A decoder that takes longer than this for one input hangs, as far as a node is concerned. */
const HANG_MS = 10_000;
const MAX_TEXT_BYTES = 1_000;

/** Runs beside the test, as a loop that never ends lets nothing else run in its own thread. */
const SOURCE = `
const { workerData: { numbers, text, hangMs } } = require("node:worker_threads");
const { writeSync } = require("node:fs");
for (;;) {
  const run = Atomics.load(numbers, 0);
  const result = Atomics.wait(numbers, 0, run, run < 0 ? Infinity : hangMs);
  if (result !== "timed-out") continue;
  const repeat = Buffer.from(text.slice(0, Atomics.load(numbers, 1))).toString();
  writeSync(2, "hangs: " + repeat.replace("RUN", String(run)) + "\\n");
  process.kill(process.pid, "SIGKILL");
}
`;

/** Ends the process with a line that repeats the input when one input takes too long. */
export class Watchdog {
  /** Number of the run (below 0: none) and length of the text. */
  readonly #numbers = new Int32Array(new SharedArrayBuffer(8)).fill(-1);
  readonly #text = new Uint8Array(new SharedArrayBuffer(MAX_TEXT_BYTES));
  readonly #worker: Worker;

  constructor() {
    const workerData = { numbers: this.#numbers, text: this.#text, hangMs: HANG_MS };
    this.#worker = new Worker(SOURCE, { eval: true, workerData });
    this.#worker.unref();
  }

  /** @param repeat the command that repeats a run; RUN in it stands for the number of the run */
  start(repeat: string): void {
    const { written } = new TextEncoder().encodeInto(repeat, this.#text);
    Atomics.store(this.#numbers, 1, written);
  }

  /** A new input is about to be tried. */
  run(index: number): void {
    Atomics.store(this.#numbers, 0, index);
    Atomics.notify(this.#numbers, 0);
  }

  stop(): void {
    this.run(-1);
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
