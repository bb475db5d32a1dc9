import type { Block } from "@forkyard/core/block";
import { AssertionFault, assert, type RuleError } from "@forkyard/core/errors";
import type { Clock, Timers } from "@forkyard/core/ports/clock";
import type { Curve } from "@forkyard/core/ports/curve";
import { MAX_SCRIPT_JOBS, MAX_SCRIPT_WORKERS, SCRIPT_SLICE_MS } from "../../limits.ts";
import { firstScriptFailure, type ScriptJob, type ScriptRunner } from "../script-runner.ts";
import { BlockJob, failureAt, type JobPart, type JobPool } from "./block-job.ts";
import { PoolThread, type PoolThreadHandlers } from "./pool-thread.ts";
import type { Chunk } from "./shared-part.ts";

export interface ScriptPoolOptions {
  readonly curve: Curve;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Threads beside the calling one; 0 leaves all to that one, in slices. */
  readonly workers: number;
  /** A thread ended, or came to another result than the calling one: the pool is of no more use. */
  readonly failed: (error: Error) => void;
  /** Starts a thread; tests put others in its place. */
  readonly startThread?: (handlers: PoolThreadHandlers) => PoolThread;
}

/** What the calling thread has begun and not finished. */
interface OwnWork {
  readonly part: JobPart;
  readonly chunk: Chunk;
}

/**
 * Runs the scripts of large blocks on threads, from the first ones on while the block is still gone through, and, once
 * it is complete, on the calling thread too, in slices between its other duties; those of small blocks at once. Threads
 * start when a block first deserves them. Blocks are answered in the order in which they were opened.
 */
export class ScriptPool implements ScriptRunner {
  readonly #options: ScriptPoolOptions;
  readonly #threads: PoolThread[] = [];
  readonly #hooks: JobPool = {
    partReady: (part) => this.#callHelp(part),
    finished: () => this.#proceed(),
    givenUp: (job) => this.#drop(job),
  };
  #jobs: readonly BlockJob[] = [];
  #own: OwnWork | undefined;
  #cancelSlice: (() => void) | undefined;
  #proceeding = false;
  #broken = false;

  constructor(options: ScriptPoolOptions) {
    assert(options.workers >= 0 && options.workers <= MAX_SCRIPT_WORKERS, `${options.workers} script threads`);
    this.#options = options;
  }

  open(_block: Block): ScriptJob {
    assert(this.#jobs.length < MAX_SCRIPT_JOBS, "blocks that wait for script threads");
    const job = new BlockJob(this.#hooks);
    this.#jobs = [...this.#jobs, job];
    return job;
  }

  /** Ends all threads; jobs that are not done never will be. */
  async close(): Promise<void> {
    this.#end();
    await Promise.all(this.#threads.splice(0).map((thread) => thread.close()));
  }

  /** Every thread is given every part: what others have run already is gone through in no time. */
  #callHelp({ shared }: JobPart): void {
    if (this.#broken) return;
    const { curve, workers, startThread } = this.#options;
    while (this.#threads.length < workers) {
      const handlers: PoolThreadHandlers = {
        left: () => this.#proceed(),
        failed: (error) => this.#break(error),
      };
      this.#threads.push(startThread?.(handlers) ?? new PoolThread({ curve: curve.name }, handlers));
    }
    for (const thread of this.#threads) thread.help(shared.memory);
  }

  /** Answers what is done, and runs what is not: as much as fits into a slice, the rest in the next. */
  #proceed(): void {
    if (this.#proceeding || this.#cancelSlice !== undefined) return;
    const { clock, timers } = this.#options;
    const endMs = clock.monotonicMs() + SCRIPT_SLICE_MS;
    this.#proceeding = true;
    try {
      while (!this.#broken && (this.#answerFirst() || this.#runOwn(endMs)));
    } finally {
      this.#proceeding = false;
    }
    if (this.#own === undefined || this.#broken) return;
    this.#cancelSlice = timers.after(0, () => {
      this.#cancelSlice = undefined;
      this.#proceed();
    });
  }

  /** @returns whether the oldest job was done */
  #answerFirst(): boolean {
    const [job] = this.#jobs;
    if (job === undefined || !job.complete || !job.joined || this.#own !== undefined) return false;
    this.#jobs = this.#jobs.slice(1);
    const failure = this.#failureOf(job);
    if (!this.#broken) job.answer(failure);
    return true;
  }

  /** The first failure in block order: the inputs of earlier parts come first. */
  #failureOf({ parts, few }: BlockJob): RuleError | undefined {
    const { curve } = this.#options;
    for (const part of parts) {
      const input = part.shared.lowestFailure;
      if (input === undefined) continue;
      const failure = failureAt(part, input, curve);
      if (failure === undefined) {
        const { txid } = part.scripts[part.shared.locate(input).position]?.tx ?? {};
        this.#break(new AssertionFault(`an input of ${txid} fails on one thread and not on another`));
      }
      return failure;
    }
    return firstScriptFailure(few, curve);
  }

  /** @returns false when time is up or when nothing is left to be begun */
  #runOwn(endMs: number): boolean {
    this.#own ??= this.#claim();
    if (this.#own === undefined) return false;
    const { clock, curve } = this.#options;
    const { part, chunk } = this.#own;
    for (; chunk.from < chunk.to && !part.shared.isDecided(chunk.from); chunk.from++) {
      if (clock.monotonicMs() >= endMs) return false;
      if (failureAt(part, chunk.from, curve) !== undefined) part.shared.failed(chunk.from);
    }
    part.shared.chunkDone();
    this.#own = undefined;
    return true;
  }

  /** Of complete blocks only: what is still being gone through is left to the threads. */
  #claim(): OwnWork | undefined {
    for (const job of this.#jobs) {
      if (!job.complete) continue;
      for (const part of job.parts) {
        const chunk = part.shared.claim();
        if (chunk !== undefined) return { part, chunk };
      }
    }
    return undefined;
  }

  #drop(job: BlockJob): void {
    this.#jobs = this.#jobs.filter((other) => other !== job);
    const own = this.#own;
    if (own !== undefined && job.parts.includes(own.part)) this.#own = undefined;
    this.#proceed();
  }

  #break(error: Error): void {
    if (this.#broken) return;
    this.#end();
    this.#options.failed(error);
  }

  #end(): void {
    this.#broken = true;
    this.#cancelSlice?.();
    for (const { parts } of this.#jobs) for (const { shared } of parts) shared.giveUp();
    this.#jobs = [];
    this.#own = undefined;
  }
}
