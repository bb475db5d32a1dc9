/** Runs on a worker thread of a mining pool: passes messages and time to a {@link NonceSearch}. */
import { setFlagsFromString } from "node:v8";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { assert } from "@forkyard/core/errors";
import type { Clock } from "@forkyard/core/ports/clock";
import { TURBO_V8_FLAG } from "./kernel/kernels.ts";
import { NonceSearch, type SearchStep } from "./nonce-search.ts";
import { hashCounterOf, type PowCommand, type PowReport, type PowWorkerData } from "./pow-protocol.ts";
import { type GrinderChoice, grinderCandidates, selectGrinder } from "./select-grinder.ts";

const clock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

class PowWorker {
  readonly #port: MessagePort;
  readonly #search: NonceSearch;
  readonly #hashes: BigInt64Array;
  /** Which of them the running job adds to. */
  #hashCounter = 0;
  /** Takes back the step that is to come. */
  #cancelNext: () => void = () => {};

  constructor(port: MessagePort, choice: GrinderChoice, hashCounters: SharedArrayBuffer) {
    this.#port = port;
    this.#search = new NonceSearch(choice, Math.random);
    this.#hashes = new BigInt64Array(hashCounters);
  }

  /** Listens for commands, and says so. */
  start({ grinder, hashRate, rejected }: GrinderChoice): void {
    this.#port.on("message", (command: PowCommand) => this.#obey(command));
    this.#report({ kind: "ready", grinder: grinder.name, hashRate, rejected });
  }

  #obey(command: PowCommand): void {
    this.#cancelNext();
    if (command.kind === "stop") this.#search.stop();
    else {
      this.#hashCounter = hashCounterOf(command);
      this.#search.start(command.job, clock.monotonicMs());
      this.#step();
    }
  }

  #step(): void {
    const step = this.#search.step(clock.monotonicMs());
    if ("hashes" in step) Atomics.add(this.#hashes, this.#hashCounter, BigInt(step.hashes));
    if (step.kind === "found") this.#report({ kind: "found", jobId: step.jobId, nonce: step.nonce });
    if (step.kind === "exhausted") this.#report({ kind: "exhausted", jobId: step.jobId });
    this.#schedule(step);
  }

  #schedule(step: SearchStep): void {
    if (step.kind === "wait") {
      const timer = setTimeout(() => this.#step(), step.delayMs);
      this.#cancelNext = () => clearTimeout(timer);
    } else if (step.kind === "searched") {
      // Messages are delivered before this runs.
      const immediate = setImmediate(() => this.#step());
      this.#cancelNext = () => clearImmediate(immediate);
    }
  }

  #report(report: PowReport): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#port.postMessage(report);
  }
}

function main(): void {
  assert(parentPort !== null, "this file runs on a worker thread");
  const { turbo, grinder, hashCounters } = workerData as PowWorkerData;
  if (turbo) setFlagsFromString(TURBO_V8_FLAG);
  const candidates = grinderCandidates({ turbo }).filter(({ name }) => grinder === undefined || name === grinder);
  const choice = selectGrinder(candidates, clock);
  new PowWorker(parentPort, choice, hashCounters).start(choice);
}

main();
