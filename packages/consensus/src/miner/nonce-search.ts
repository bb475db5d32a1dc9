import type { Grinder } from "./grinder.ts";
import { HashThrottle } from "./hash-throttle.ts";
import { FULL_POWER_BATCH_MS, MIN_BATCH_HASHES } from "./limits.ts";
import type { MeasuredGrinder } from "./select-grinder.ts";

/** Part of a mining job: a range of nonces to search for one worker. */
export interface NonceRangeJob {
  /** Tells the answers to one job from those to another. */
  readonly jobId: number;
  /** 80 bytes. */
  readonly header: Uint8Array;
  readonly target: bigint;
  readonly startNonce: number;
  /** One past the last nonce. */
  readonly endNonce: number;
  /** Hashes a second; undefined: as many as there can be. */
  readonly hashRate: number | undefined;
}

/** What a step did, or what it waits for. `hashes` were done in it. */
export type SearchStep =
  | { readonly kind: "idle" }
  | { readonly kind: "wait"; readonly delayMs: number }
  | { readonly kind: "searched"; readonly hashes: number }
  | { readonly kind: "found"; readonly hashes: number; readonly jobId: number; readonly nonce: number }
  | { readonly kind: "exhausted"; readonly hashes: number; readonly jobId: number };

/** One worker's mining, a short step at a time, so that its caller can look at messages in between. */
export class NonceSearch {
  readonly #grinder: Grinder;
  readonly #batchHashes: number;
  readonly #random: () => number;
  #job: NonceRangeJob | undefined;
  #nextNonce = 0;
  /** Outlives jobs: a new block must not cost a slow miner the hash that was nearly due. */
  #throttle: { readonly hashRate: number; readonly bucket: HashThrottle } | undefined;

  /** @param random evenly distributed numbers, 0 inclusive to 1 exclusive */
  constructor(measured: MeasuredGrinder, random: () => number) {
    this.#grinder = measured.grinder;
    this.#batchHashes = Math.max(MIN_BATCH_HASHES, Math.round((measured.hashRate * FULL_POWER_BATCH_MS) / 1000));
    this.#random = random;
  }

  /** Takes up a job in place of the one before. */
  start(job: NonceRangeJob, nowMs: number): void {
    this.#job = job;
    this.#nextNonce = job.startNonce;
    const { hashRate } = job;
    if (hashRate === undefined) this.#throttle = undefined;
    else if (this.#throttle?.hashRate !== hashRate) {
      this.#throttle = { hashRate, bucket: new HashThrottle(hashRate, nowMs, this.#random) };
    }
  }

  stop(): void {
    this.#job = undefined;
  }

  /** Goes on with the job for one batch, or says what to wait for. */
  step(nowMs: number): SearchStep {
    const job = this.#job;
    if (job === undefined) return { kind: "idle" };
    const bucket = this.#throttle?.bucket;
    const due = bucket?.next(nowMs, this.#batchHashes) ?? { kind: "grind", hashes: this.#batchHashes };
    if (due.kind === "wait") return due;
    const count = Math.min(due.hashes, job.endNonce - this.#nextNonce);
    const { nonce, hashes } = this.#grinder.grind(job.header, job.target, this.#nextNonce, count);
    bucket?.spend(hashes);
    this.#nextNonce += hashes;
    return this.#outcome(job, nonce, hashes);
  }

  #outcome(job: NonceRangeJob, nonce: number | undefined, hashes: number): SearchStep {
    if (nonce === undefined && this.#nextNonce < job.endNonce) return { kind: "searched", hashes };
    this.#job = undefined;
    const { jobId } = job;
    return nonce === undefined ? { kind: "exhausted", hashes, jobId } : { kind: "found", hashes, jobId, nonce };
  }
}
