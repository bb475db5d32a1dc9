import { assert, type RuleError } from "@forkyard/core/errors";
import type { Curve } from "@forkyard/core/ports/curve";
import {
  MAX_INLINE_SCRIPT_BYTES,
  MAX_INLINE_SCRIPT_INPUTS,
  SCRIPT_CHUNK_INPUTS,
  SCRIPT_PART_BYTES,
  SCRIPT_PART_INPUTS,
} from "../../limits.ts";
import { type ScriptJob, scriptFailure, type TransactionScripts } from "../script-runner.ts";
import { SharedPart } from "./shared-part.ts";

/** Some transactions of a block, as threads see them and as this one does. */
export interface JobPart {
  readonly shared: SharedPart;
  readonly scripts: readonly TransactionScripts[];
}

/** What a job asks of its pool. */
export interface JobPool {
  /** A part may be run from now on. */
  partReady(part: JobPart): void;
  /** A block is complete: all its parts are to be run. */
  finished(): void;
  givenUp(job: BlockJob): void;
}

/**
 * The scripts of one block on their way through a pool: cut into parts that are run while later ones are still coming.
 * Few scripts never become a part, but stay for the calling thread.
 */
export class BlockJob implements ScriptJob {
  readonly parts: JobPart[] = [];
  readonly #pool: JobPool;
  #collected: TransactionScripts[] = [];
  #collectedInputs = 0;
  #collectedBytes = 0;
  #done: ((failure: RuleError | undefined) => void) | undefined;

  constructor(pool: JobPool) {
    this.#pool = pool;
  }

  /** True once no more scripts come. */
  get complete(): boolean {
    return this.#done !== undefined;
  }

  get joined(): boolean {
    return this.parts.every(({ shared }) => shared.joined);
  }

  add(scripts: TransactionScripts): void {
    const inputs = scripts.tx.inputs.length;
    this.#collected.push(scripts);
    this.#collectedInputs += inputs;
    // A legacy signature hashes its whole transaction.
    this.#collectedBytes += inputs * scripts.tx.totalSize;
    if (this.#collectedInputs >= SCRIPT_PART_INPUTS || this.#collectedBytes >= SCRIPT_PART_BYTES) this.#cutPart();
  }

  finish(done: (failure: RuleError | undefined) => void): void {
    this.#done = done;
    const few = this.#collectedInputs <= MAX_INLINE_SCRIPT_INPUTS && this.#collectedBytes <= MAX_INLINE_SCRIPT_BYTES;
    if (this.#collected.length > 0 && !(few && this.parts.length === 0)) this.#cutPart();
    this.#pool.finished();
  }

  giveUp(): void {
    for (const { shared } of this.parts) shared.giveUp();
    this.#pool.givenUp(this);
  }

  /** Scripts that are so few that they are no part. */
  get few(): readonly TransactionScripts[] {
    return this.#collected;
  }

  answer(failure: RuleError | undefined): void {
    assert(this.#done !== undefined, "a job is answered when it is complete");
    this.#done(failure);
  }

  #cutPart(): void {
    const scripts = this.#collected;
    const part = { scripts, shared: SharedPart.of(scripts, SCRIPT_CHUNK_INPUTS) };
    this.#collected = [];
    this.#collectedInputs = 0;
    this.#collectedBytes = 0;
    this.parts.push(part);
    this.#pool.partReady(part);
  }
}

/** Runs one input of a part on the calling thread. */
export function failureAt({ shared, scripts }: JobPart, input: number, curve: Curve): RuleError | undefined {
  const { position, inputIndex } = shared.locate(input);
  const transaction = scripts[position];
  assert(transaction !== undefined, `no transaction for input ${input}`);
  return scriptFailure({ ...transaction, inputIndex }, curve);
}
