/** The shell of a worker thread: chunk numbers come in, tallies go out. */
import { parentPort, workerData } from "node:worker_threads";
import { simulateChunk } from "./chunks.ts";
import { prepare } from "./question.ts";
import type { ChunkOrder, ChunkReport, SimulationWorkerData } from "./worker-protocol.ts";

const { question, seed, runs } = workerData as SimulationWorkerData;
const simulate = prepare(question);

parentPort?.on("message", (chunk: ChunkOrder) => {
  const report: ChunkReport = { chunk, tallies: simulateChunk(simulate, seed, chunk, runs) };
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(report);
});
