import type { BlockTemplate } from "@forkyard/consensus/miner/block-template";
import type { MiningJob, MiningResult } from "@forkyard/consensus/miner/mining-pool";
import { bitsToTarget } from "@forkyard/consensus/rules/target";
import type { Block } from "@forkyard/core/block";
import { InputError } from "@forkyard/core/errors";
import { blockHashOf, encodeHeader, headerFromBytes } from "@forkyard/core/header";
import type { Clock, Timers } from "@forkyard/core/ports/clock";
import { MAX_MINING_TASKS, TEMPLATE_MAX_AGE_MS, TRIES_CHECK_MS } from "../limits.ts";

/** The part of the worker pool that mining needs. */
export interface ProofOfWorkPool {
  /** Hashes done since the start. */
  readonly hashes: number;
  /** Those of them that background jobs took. */
  readonly backgroundHashes: number;
  mine(job: MiningJob, done: (result: MiningResult) => void): () => void;
}

export interface MinerParts {
  readonly pool: ProofOfWorkPool;
  readonly clock: Clock;
  readonly timers: Timers;
  /** A new template on the tip for the node's own account; undefined when there is nobody to pay to. */
  readonly template: () => BlockTemplate | undefined;
  /** A block was mined in the background: takes it into the chain and announces it. */
  readonly mined: (block: Block) => void;
  readonly hashRate: number;
  /** A task takes the pool over, or the last one gives it back. */
  readonly interrupted: () => void;
  readonly resumed: () => void;
}

const NOTHING_TO_CANCEL = (): void => {};

/** A search for one block's proof of work that was given up before it found any. */
export type SearchEnd = "aborted" | "tries-used-up";

export interface SearchLimits {
  readonly signal: AbortSignal;
  /** Hashes to spend at most. */
  readonly maxTries: number;
  /** Hashes a second; full power when absent. */
  readonly hashRate?: number;
  /** Take up a new template whenever the tip changes. */
  readonly followTip?: boolean;
}

/**
 * Who may use the worker pool: the background mining of the node at its hash rate, or one task at a time (blocks on
 * demand, a withheld branch), which pauses it.
 */
export class Miner {
  readonly #parts: MinerParts;
  #hashRate: number;
  #tasks = 0;
  #lastTask: Promise<unknown> = Promise.resolve();
  #cancelJob: (() => void) | undefined;
  #cancelRenewal: (() => void) | undefined;
  /** Makes the running task's search take up a new template. */
  #renewSearch: (() => void) | undefined;
  #stopped = false;

  constructor(parts: MinerParts) {
    this.#parts = parts;
    this.#hashRate = parts.hashRate;
  }

  /** Hashes a second that background mining is held to; 0 when it is off. */
  get hashRate(): number {
    return this.#hashRate;
  }

  /** @param hashRate hashes a second; undefined for the configured one */
  setHashRate(hashRate: number | undefined): void {
    this.#hashRate = hashRate ?? this.#parts.hashRate;
    this.#restart();
  }

  start(): void {
    this.#restart();
  }

  stop(): void {
    this.#stopped = true;
    this.#pause();
  }

  /** The tip or the mempool is not what the current template was made of. */
  renew(): void {
    if (this.#tasks === 0) this.#restart();
    else this.#renewSearch?.();
  }

  /**
   * Runs a task that has the pool to itself; tasks follow one another.
   * @throws InputError when too many wait already
   */
  async exclusive<T>(task: () => Promise<T>): Promise<T> {
    if (this.#tasks >= MAX_MINING_TASKS) throw new InputError("this node is busy mining on demand: try again later");
    if (this.#tasks === 0) this.#interrupt();
    this.#tasks += 1;
    const run = this.#lastTask.then(task, task);
    this.#lastTask = run.catch(() => undefined);
    try {
      return await run;
    } finally {
      this.#tasks -= 1;
      if (this.#tasks === 0) this.#resume();
    }
  }

  /** Finds the proof of work for a block, within a task. `renewed` gives the next variant when all nonces were tried. */
  search(renewed: () => BlockTemplate, limits: SearchLimits): Promise<Block | SearchEnd> {
    const { pool, timers } = this.#parts;
    const hashesBefore = pool.hashes;
    return new Promise((resolve, reject) => {
      let cancelJob = NOTHING_TO_CANCEL;
      let cancelCheck = NOTHING_TO_CANCEL;
      let ended = false;
      const end = (settle: () => void): void => {
        ended = true;
        cancelJob();
        cancelCheck();
        this.#renewSearch = undefined;
        limits.signal.removeEventListener("abort", abort);
        settle();
      };
      const abort = (): void => end(() => resolve("aborted"));
      const next = (): void => {
        try {
          const { block } = renewed();
          cancelJob = pool.mine(jobFor(block, limits.hashRate), (result) => {
            if (result.kind === "found") end(() => resolve(sealed(block, result.header)));
            else next();
          });
        } catch (error) {
          end(() => reject(error));
        }
      };
      const check = (): void => {
        if (pool.hashes - hashesBefore >= limits.maxTries) end(() => resolve("tries-used-up"));
        else cancelCheck = timers.after(TRIES_CHECK_MS, check);
      };
      limits.signal.addEventListener("abort", abort);
      if (limits.signal.aborted) abort();
      else next();
      if (ended) return;
      check();
      if (limits.followTip === true) this.#renewSearch = next;
    });
  }

  #interrupt(): void {
    this.#parts.interrupted();
    this.#pause();
  }

  #resume(): void {
    this.#parts.resumed();
    this.#restart();
  }

  #restart(): void {
    this.#pause();
    if (this.#stopped || this.#tasks > 0 || this.#hashRate <= 0) return;
    const template = this.#parts.template();
    if (template === undefined) return;
    const job = { ...jobFor(template.block, this.#hashRate), background: true };
    this.#cancelJob = this.#parts.pool.mine(job, (result) => {
      this.#cancelJob = undefined;
      if (result.kind === "found") this.#parts.mined(sealed(template.block, result.header));
      // A found block that became the tip has restarted the search already.
      if (this.#cancelJob === undefined) this.#restart();
    });
    this.#cancelRenewal = this.#parts.timers.after(TEMPLATE_MAX_AGE_MS, () => this.#restart());
  }

  #pause(): void {
    this.#cancelRenewal?.();
    this.#cancelRenewal = undefined;
    this.#cancelJob?.();
    this.#cancelJob = undefined;
  }
}

function jobFor(block: Block, hashRate: number | undefined): MiningJob {
  const target = bitsToTarget(block.header.bits);
  return { header: encodeHeader(block.header), target, ...(hashRate !== undefined && { hashRate }) };
}

function sealed(block: Block, headerBytes: Uint8Array): Block {
  const header = headerFromBytes(headerBytes);
  return { hash: blockHashOf(header), header, txs: block.txs };
}
