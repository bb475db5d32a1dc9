import type { Block } from "@forkyard/core/block";
import type { RuleError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { Curve } from "@forkyard/core/ports/curve";
import {
  firstScriptFailure,
  type ScriptJob,
  type ScriptRunner,
  type TransactionScripts,
} from "../scripts/script-runner.ts";

interface DeferredJob {
  readonly blockHash: BlockHash;
  readonly scripts: readonly TransactionScripts[];
  readonly done: (failure: RuleError | undefined) => void;
}

/** Runs scripts when a test says so. Until it is switched on it answers at once. */
export class DeferredScripts implements ScriptRunner {
  deferring = false;
  readonly #curve: Curve;
  #waiting: DeferredJob[] = [];

  constructor(curve: Curve) {
    this.#curve = curve;
  }

  /** Hashes of the blocks that wait. */
  get waiting(): readonly string[] {
    return this.#waiting.map(({ blockHash }) => blockHash);
  }

  open({ hash }: Block): ScriptJob {
    const scripts: TransactionScripts[] = [];
    let deferred: DeferredJob | undefined;
    return {
      add: (transaction) => void scripts.push(transaction),
      finish: (done) => {
        deferred = { blockHash: hash, scripts, done };
        this.#waiting.push(deferred);
        if (!this.deferring) this.#answer(deferred);
      },
      giveUp: () => {
        this.#waiting = this.#waiting.filter((other) => other !== deferred);
      },
    };
  }

  /** Runs the scripts of the block that has waited longest. */
  answerOne(): void {
    const [next] = this.#waiting;
    if (next !== undefined) this.#answer(next);
  }

  /** The same until nothing waits, what comes meanwhile included. */
  answerAll(): void {
    while (this.#waiting.length > 0) this.answerOne();
  }

  #answer(job: DeferredJob): void {
    this.#waiting = this.#waiting.filter((other) => other !== job);
    job.done(firstScriptFailure(job.scripts, this.#curve));
  }
}
