import { availableParallelism } from "node:os";
import { AssertionFault, assert } from "@forkyard/core/errors";
import { HEADER_BYTES } from "@forkyard/core/limits";
import { sealsHeader } from "../seal/pow-seal.ts";
import { withNonce } from "./header-nonce.ts";
import { MAX_HASH_RATE, MAX_WORKERS, MIN_HASH_RATE, NONCE_COUNT } from "./limits.ts";
import { PoolWorker, type ReadyReport } from "./pool-worker.ts";
import { HASH_COUNTERS, hashCounterOf, type PowReport } from "./pow-protocol.ts";

export interface MiningJob {
  /** 80 bytes; the nonce in it does not matter. */
  readonly header: Uint8Array;
  /** The highest hash allowed. */
  readonly target: bigint;
  /** Hashes a second, done by one worker; absent: full power on all workers. */
  readonly hashRate?: number;
  /** Nonces to try, from 0 on; absent: all that there are. */
  readonly maxNonces?: number;
  /** Its hashes are counted apart. */
  readonly background?: boolean;
}

/** `exhausted`: no nonce meets the target, so that the header must change (extra nonce, time). */
export type MiningResult =
  | { readonly kind: "found"; readonly header: Uint8Array; readonly nonce: number }
  | { readonly kind: "exhausted" };

export interface MiningPoolOptions {
  /** Worker threads at full power; as many as there are cores when absent. */
  readonly workers?: number;
  /** Consider the grinder that needs an experimental V8 flag (which then holds for the whole process). */
  readonly turbo?: boolean;
  /** A worker ended or lied: the pool is of no more use. */
  failed(error: Error): void;
}

interface RunningJob {
  readonly jobId: number;
  readonly job: MiningJob;
  readonly workers: readonly PoolWorker[];
  readonly done: (result: MiningResult) => void;
  searching: number;
}

/** Searches for proof of work on worker threads, one job at a time. */
export class MiningPool {
  readonly #options: MiningPoolOptions;
  readonly #maxWorkers: number;
  readonly #hashCounters = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT * HASH_COUNTERS);
  readonly #workers: PoolWorker[] = [];
  #choice: ReadyReport | undefined;
  #running: RunningJob | undefined;
  #lastJobId = 0;

  private constructor(options: MiningPoolOptions) {
    this.#options = options;
    this.#maxWorkers = workerCount(options);
  }

  /**
   * Starts one worker and lets it choose the grinder; the others start when a job first needs them.
   * @throws Error when the worker cannot start or no grinder works
   */
  static async start(options: MiningPoolOptions): Promise<MiningPool> {
    const pool = new MiningPool(options);
    pool.#choice = await pool.#startWorker().ready;
    return pool;
  }

  /** The grinder that the first worker chose, and how the choice went; the others take the same. */
  get choice(): ReadyReport {
    assert(this.#choice !== undefined, "a pool is handed out when it has started");
    return this.#choice;
  }

  /** Hashes done since the start, by all workers. */
  get hashes(): number {
    return this.#hashesOf({ background: false }) + this.backgroundHashes;
  }

  /** Those of them that background jobs took. */
  get backgroundHashes(): number {
    return this.#hashesOf({ background: true });
  }

  /** Worker threads that run. */
  get workers(): number {
    return this.#workers.length;
  }

  /**
   * Takes up a job in place of the one before, which is never heard of again.
   * @param done called once, unless the job is cancelled or replaced first
   * @returns cancels the job: `done` is then not called any more
   */
  mine(job: MiningJob, done: (result: MiningResult) => void): () => void {
    assertJob(job);
    this.#cancel();
    const workers = this.#workersFor(job);
    const jobId = ++this.#lastJobId;
    this.#running = { jobId, job, workers, done, searching: workers.length };
    const { header, target, hashRate, maxNonces = NONCE_COUNT, background = false } = job;
    for (const [i, worker] of workers.entries()) {
      const startNonce = Math.floor((maxNonces / workers.length) * i);
      const endNonce = Math.floor((maxNonces / workers.length) * (i + 1));
      worker.mine({ jobId, header, target, startNonce, endNonce, hashRate }, background);
    }
    return () => {
      if (this.#running?.jobId === jobId) this.#cancel();
    };
  }

  /** Ends all workers. */
  async close(): Promise<void> {
    this.#running = undefined;
    await Promise.all(this.#workers.splice(0).map((worker) => worker.close()));
  }

  #cancel(): void {
    const running = this.#running;
    this.#running = undefined;
    for (const worker of running?.workers ?? []) worker.stop();
  }

  #hashesOf(job: { readonly background: boolean }): number {
    return Number(Atomics.load(new BigInt64Array(this.#hashCounters), hashCounterOf(job)));
  }

  /** One worker keeps to a hash rate; full power takes all there may be. */
  #workersFor(job: MiningJob): readonly PoolWorker[] {
    if (job.hashRate !== undefined) return this.#workers.slice(0, 1);
    while (this.#workers.length < this.#maxWorkers) this.#startWorker();
    return [...this.#workers];
  }

  #startWorker(): PoolWorker {
    const { turbo = false } = this.#options;
    const worker = new PoolWorker(
      { turbo, grinder: this.#choice?.grinder, hashCounters: this.#hashCounters },
      {
        report: (report) => this.#heard(report),
        failed: (error) => {
          // Before there is a choice, `start` throws the error.
          if (this.#choice !== undefined) this.#options.failed(error);
        },
      },
    );
    this.#workers.push(worker);
    return worker;
  }

  #heard(report: Exclude<PowReport, ReadyReport>): void {
    const running = this.#running;
    // What a worker said before it heard that the job is over.
    if (running === undefined || report.jobId !== running.jobId) return;
    if (report.kind === "found") this.#found(running, report.nonce);
    else {
      running.searching -= 1;
      if (running.searching > 0) return;
      this.#running = undefined;
      running.done({ kind: "exhausted" });
    }
  }

  #found(running: RunningJob, nonce: number): void {
    this.#cancel();
    const header = withNonce(running.job.header, nonce);
    if (sealsHeader(header, running.job.target)) running.done({ kind: "found", header, nonce });
    else this.#options.failed(new AssertionFault(`the grinder ${this.choice.grinder} found a nonce that is none`));
  }
}

/** Here, because in a worker a mistake of the caller would end the worker. */
function assertJob({ header, target, hashRate, maxNonces = NONCE_COUNT }: MiningJob): void {
  assert(header.length === HEADER_BYTES && target >= 0n, "a header and a target to mine for");
  assert(maxNonces >= 1 && maxNonces <= NONCE_COUNT, `${maxNonces} nonces to try`);
  const throttled = hashRate !== undefined;
  assert(!throttled || (hashRate >= MIN_HASH_RATE && hashRate <= MAX_HASH_RATE), `a hash rate of ${hashRate}`);
}

function workerCount(options: MiningPoolOptions): number {
  const count = options.workers ?? Math.min(availableParallelism(), MAX_WORKERS);
  assert(Number.isInteger(count) && count >= 1 && count <= MAX_WORKERS, `${count} mining workers`);
  return count;
}
