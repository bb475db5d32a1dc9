import { Worker } from "node:worker_threads";
import { InputError } from "@forkyard/core/errors";
import type { Clock } from "@forkyard/core/ports/clock";
import { CHUNKS_IN_FLIGHT, MAX_RUNS, MAX_WORKERS } from "../limits.ts";
import { addTallies, chunkCount, runsOfChunk, simulateChunk } from "./chunks.ts";
import { prepare, type Question } from "./question.ts";
import type { ChunkReport, SimulationWorkerData } from "./worker-protocol.ts";

/** Sources run as they are; what is built stands beside this file as JavaScript. */
const WORKER_FILE: string = import.meta.url.endsWith(".ts") ? "./simulation-worker.ts" : "./simulation-worker.js";

export interface SimulationRequest {
  readonly question: Question;
  /** How many runs, 1 or more. */
  readonly runs: number;
  /** Whole number, 0 ≤ seed < 2^53. The tallies depend on question, runs and seed only. */
  readonly seed: number;
  /** Threads to use; 0 does it on this one. */
  readonly workers: number;
  readonly clock: Clock;
  /** Called now and then with the number of runs done. */
  readonly onProgress?: (doneRuns: number) => void;
}

export interface SimulationResult {
  readonly tallies: readonly number[];
  readonly runs: number;
  readonly seed: number;
  /** From the request to the result, the start of workers included. */
  readonly seconds: number;
}

/** Runs a simulation on worker threads. @throws InputError for counts out of range or a question that is too large */
export async function runSimulation(request: SimulationRequest): Promise<SimulationResult> {
  const { question, runs, seed, clock } = request;
  checkWhole("runs", runs, 1, MAX_RUNS);
  checkWhole("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  checkWhole("workers", request.workers, 0, MAX_WORKERS);
  const startedMs = clock.monotonicMs();
  // Made here too, so that a question that is too large fails before any thread starts.
  const simulate = prepare(question);
  let tallies: readonly number[] = [];
  let doneRuns = 0;
  const take = (chunk: number, part: readonly number[]): void => {
    tallies = addTallies(tallies, part);
    doneRuns += runsOfChunk(runs, chunk);
    request.onProgress?.(doneRuns);
  };
  const chunks = chunkCount(runs);
  const workers = Math.min(request.workers, chunks);
  if (workers <= 1 && request.workers !== 1) {
    for (let chunk = 0; chunk < chunks; chunk++) take(chunk, simulateChunk(simulate, seed, chunk, runs));
  } else await runOnWorkers({ question, seed, runs }, workers, chunks, take);
  return { tallies, runs, seed, seconds: (clock.monotonicMs() - startedMs) / 1000 };
}

/** Hands out chunks as workers come free; ends all of them whatever happens. */
async function runOnWorkers(
  data: SimulationWorkerData,
  count: number,
  chunks: number,
  take: (chunk: number, tallies: readonly number[]) => void,
): Promise<void> {
  const workers: Worker[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      let next = 0;
      let left = chunks;
      const order = (worker: Worker): void => {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        if (next < chunks) worker.postMessage(next++);
      };
      for (let i = 0; i < count; i++) {
        const worker = new Worker(new URL(WORKER_FILE, import.meta.url), { workerData: data });
        workers.push(worker);
        worker.on("error", reject);
        worker.on("message", ({ chunk, tallies }: ChunkReport) => {
          order(worker);
          take(chunk, tallies);
          left -= 1;
          if (left === 0) resolve();
        });
        for (let queued = 0; queued < CHUNKS_IN_FLIGHT; queued++) order(worker);
      }
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function checkWhole(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new InputError(`${name} ${value}: a whole number from ${least} to ${most}`);
}
