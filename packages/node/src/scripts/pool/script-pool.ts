import { AssertionFault, assert, type RuleError } from "@forkyard/core/errors";
import type { Clock, Timers } from "@forkyard/core/ports/clock";
import type { Curve } from "@forkyard/core/ports/curve";
import {
  MAX_INLINE_SCRIPT_BYTES,
  MAX_INLINE_SCRIPT_INPUTS,
  MAX_KEPT_SCRIPT_BYTES,
  MAX_SCRIPT_JOBS,
  MAX_SCRIPT_WORKERS,
  SCRIPT_CHUNK_INPUTS,
  SCRIPT_CHUNKS_PER_THREAD,
  SCRIPT_SLICE_MS,
} from "../../limits.ts";
import { firstScriptFailure, type ScriptJob, type ScriptRunner, scriptFailure } from "../script-runner.ts";
import { PoolThread, type PoolThreadHandlers } from "./pool-thread.ts";
import { type Chunk, encodeSpent, SharedJob, sharedJobBytes } from "./shared-job.ts";

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

interface WaitingJob {
  readonly job: ScriptJob;
  readonly done: (failure: RuleError | undefined) => void;
}

interface RunningJob extends WaitingJob {
  readonly memory: SharedArrayBuffer;
  readonly shared: SharedJob;
  /** Threads that were asked to help. */
  readonly helpers: Set<PoolThread>;
  /** What the calling thread has begun and not finished. */
  own: Chunk | undefined;
}

/**
 * Runs the scripts of large blocks on threads and, in slices between its other duties, on the calling thread; those of
 * small blocks at once. Threads start when a block first deserves them. One block at a time, in order.
 */
export class ScriptPool implements ScriptRunner {
  readonly #options: ScriptPoolOptions;
  readonly #threads: PoolThread[] = [];
  readonly #waiting: WaitingJob[] = [];
  #running: RunningJob | undefined;
  /** From the last job, when no thread is in it any more. */
  #kept: SharedArrayBuffer | undefined;
  #cancelSlice: () => void = () => {};
  #broken = false;

  constructor(options: ScriptPoolOptions) {
    assert(options.workers >= 0 && options.workers <= MAX_SCRIPT_WORKERS, `${options.workers} script threads`);
    this.#options = options;
  }

  run(job: ScriptJob, done: (failure: RuleError | undefined) => void): () => void {
    if (isSmall(job)) {
      done(firstScriptFailure(job.scripts, this.#options.curve));
      return () => {};
    }
    assert(this.#waiting.length < MAX_SCRIPT_JOBS, "blocks that wait for script threads");
    const waiting: WaitingJob = { job, done };
    this.#waiting.push(waiting);
    if (this.#running === undefined) this.#next();
    return () => this.#giveUp(waiting);
  }

  /** Ends all threads; jobs that are not done never will be. */
  async close(): Promise<void> {
    this.#broken = true;
    this.#cancelSlice();
    this.#running?.shared.giveUp();
    this.#running = undefined;
    this.#waiting.splice(0);
    await Promise.all(this.#threads.splice(0).map((thread) => thread.close()));
  }

  #next(): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined || this.#broken) return;
    const { job, done } = waiting;
    const spent = encodeSpent(job.scripts);
    const memory = this.#memory(sharedJobBytes(job, spent));
    const shared = SharedJob.write(memory, job, spent, this.#chunkInputs(job));
    this.#running = { job, done, memory, shared, helpers: new Set(), own: undefined };
    this.#startThreads();
    this.#callHelp(this.#running);
    this.#slice(this.#running);
  }

  /** Small enough that all threads have work to the end. */
  #chunkInputs({ scripts }: ScriptJob): number {
    const share = inputCount(scripts) / ((this.#options.workers + 1) * SCRIPT_CHUNKS_PER_THREAD);
    return Math.max(1, Math.min(SCRIPT_CHUNK_INPUTS, Math.floor(share)));
  }

  #memory(byteLength: number): SharedArrayBuffer {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept !== undefined && kept.byteLength >= byteLength) return kept;
    return new SharedArrayBuffer(byteLength);
  }

  #startThreads(): void {
    const { curve, workers, startThread } = this.#options;
    while (this.#threads.length < workers) {
      const handlers: PoolThreadHandlers = {
        left: () => this.#threadLeft(),
        failed: (error) => this.#break(error),
      };
      this.#threads.push(startThread?.(handlers) ?? new PoolThread({ curve: curve.name }, handlers));
    }
  }

  /** A thread that is still busy, or has not started yet, is asked when it has left what it was given before. */
  #callHelp(running: RunningJob): void {
    for (const thread of this.#threads) {
      if (thread.busy || running.helpers.has(thread)) continue;
      running.helpers.add(thread);
      thread.help(running.memory);
    }
  }

  #threadLeft(): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#callHelp(running);
    this.#endIfJoined(running);
  }

  /** The calling thread's part: as much as fits into a slice, the rest in the next. */
  #slice(running: RunningJob): void {
    const { clock, timers } = this.#options;
    const endMs = clock.monotonicMs() + SCRIPT_SLICE_MS;
    while (running === this.#running) {
      running.own ??= running.shared.claim();
      if (running.own === undefined) {
        this.#endIfJoined(running);
        return;
      }
      if (!this.#runChunk(running, running.own, endMs)) {
        this.#cancelSlice = timers.after(0, () => this.#slice(running));
        return;
      }
      running.own = undefined;
      running.shared.chunkDone();
    }
  }

  /** @returns false when time is up before the chunk is done */
  #runChunk({ job, shared }: RunningJob, chunk: Chunk, endMs: number): boolean {
    const { clock, curve } = this.#options;
    for (; chunk.from < chunk.to && !shared.isDecided(chunk.from); chunk.from++) {
      if (clock.monotonicMs() >= endMs) return false;
      if (failureAt(job, shared, chunk.from, curve) !== undefined) shared.failed(chunk.from);
    }
    return true;
  }

  #endIfJoined(running: RunningJob): void {
    if (running !== this.#running || !running.shared.joined) return;
    const { job, shared, memory, done } = running;
    const input = shared.lowestFailure;
    const failure = input === undefined ? undefined : failureAt(job, shared, input, this.#options.curve);
    this.#running = undefined;
    if (input !== undefined && failure === undefined) {
      this.#break(
        new AssertionFault(`input ${input} of block ${job.block.hash} fails on one thread and not on another`),
      );
      return;
    }
    const left = this.#threads.every((thread) => !thread.busy);
    if (left && memory.byteLength <= MAX_KEPT_SCRIPT_BYTES) this.#kept = memory;
    done(failure);
    if (this.#running === undefined) this.#next();
  }

  #giveUp(waiting: WaitingJob): void {
    const index = this.#waiting.indexOf(waiting);
    if (index >= 0) this.#waiting.splice(index, 1);
    const running = this.#running;
    if (running === undefined || running.done !== waiting.done) return;
    this.#cancelSlice();
    running.shared.giveUp();
    this.#running = undefined;
    this.#next();
  }

  #break(error: Error): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#cancelSlice();
    this.#running = undefined;
    this.#options.failed(error);
  }
}

function failureAt(job: ScriptJob, shared: SharedJob, input: number, curve: Curve): RuleError | undefined {
  const { position, inputIndex } = shared.locate(input);
  const transaction = job.scripts[position];
  assert(transaction !== undefined, `no transaction for input ${input}`);
  return scriptFailure({ ...transaction, inputIndex }, curve);
}

/** The bytes count too: a legacy signature hashes its whole transaction. */
function isSmall({ scripts }: ScriptJob): boolean {
  if (inputCount(scripts) > MAX_INLINE_SCRIPT_INPUTS) return false;
  let bytes = 0;
  for (const { tx } of scripts) bytes += tx.inputs.length * tx.totalSize;
  return bytes <= MAX_INLINE_SCRIPT_BYTES;
}

function inputCount(scripts: ScriptJob["scripts"]): number {
  let count = 0;
  for (const { tx } of scripts) count += tx.inputs.length;
  return count;
}
