import type { Question } from "./question.ts";

/** What a simulation worker is told when it starts. */
export interface SimulationWorkerData {
  readonly question: Question;
  readonly seed: number;
  readonly runs: number;
}

/** To the worker: do this chunk. */
export type ChunkOrder = number;

/** From the worker: the tallies of a chunk. */
export interface ChunkReport {
  readonly chunk: number;
  readonly tallies: readonly number[];
}
