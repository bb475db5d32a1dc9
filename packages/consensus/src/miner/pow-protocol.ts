import type { NonceRangeJob } from "./nonce-search.ts";

/** What a mining worker is started with. */
export interface PowWorkerData {
  /** Consider the grinder that needs an experimental V8 flag. */
  readonly turbo: boolean;
  /** The one grinder to take; undefined: find the fastest. */
  readonly grinder: string | undefined;
  /** {@link HASH_COUNTERS} 64-bit numbers. */
  readonly hashCounters: SharedArrayBuffer;
}

/** Hashes done by all workers of the pool: one number for each kind of job, so that a late batch is counted for its own. */
export const HASH_COUNTERS = 2;

/** Index of the counter of a job. */
export function hashCounterOf(job: { readonly background?: boolean }): number {
  return job.background === true ? 1 : 0;
}

/** From the pool to a worker. */
export type PowCommand =
  | { readonly kind: "mine"; readonly job: NonceRangeJob; readonly background: boolean }
  | { readonly kind: "stop" };

/** From a worker to the pool. `ready` comes once, before all others. */
export type PowReport =
  | {
      readonly kind: "ready";
      readonly grinder: string;
      /** Hashes a second that the grinder reached. */
      readonly hashRate: number;
      readonly rejected: readonly { readonly name: string; readonly reason: string }[];
    }
  | { readonly kind: "found"; readonly jobId: number; readonly nonce: number }
  | { readonly kind: "exhausted"; readonly jobId: number };
