import { CHUNK_RUNS } from "../limits.ts";
import type { Simulate } from "./question.ts";
import { RandomWords } from "./random-words.ts";

/** How many chunks there are in `runs`. Chunk i takes random stream i, whoever does it. */
export function chunkCount(runs: number): number {
  return Math.ceil(runs / CHUNK_RUNS);
}

/** Runs of chunk number `chunk`: the last may be shorter. */
export function runsOfChunk(runs: number, chunk: number): number {
  return Math.min(CHUNK_RUNS, runs - chunk * CHUNK_RUNS);
}

/** Does one chunk. */
export function simulateChunk(simulate: Simulate, seed: number, chunk: number, runs: number): readonly number[] {
  return simulate(new RandomWords(seed, chunk), runsOfChunk(runs, chunk));
}

/** Adds tallies place by place. */
export function addTallies(total: readonly number[], part: readonly number[]): readonly number[] {
  return part.map((count, i) => count + (total[i] ?? 0));
}
