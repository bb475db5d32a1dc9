import type { RuleError } from "@forkyard/core/errors";
import type { Curve } from "@forkyard/core/ports/curve";
import { firstScriptFailure, type ScriptJob, type ScriptRunner } from "../scripts/script-runner.ts";

interface DeferredJob {
  readonly job: ScriptJob;
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
    return this.#waiting.map(({ job }) => job.block.hash);
  }

  run(job: ScriptJob, done: (failure: RuleError | undefined) => void): () => void {
    if (!this.deferring) {
      done(firstScriptFailure(job.scripts, this.#curve));
      return () => {};
    }
    const deferred = { job, done };
    this.#waiting.push(deferred);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== deferred);
    };
  }

  /** Runs the scripts of the block that has waited longest. */
  answerOne(): void {
    const next = this.#waiting.shift();
    next?.done(firstScriptFailure(next.job.scripts, this.#curve));
  }

  /** The same until nothing waits, what comes meanwhile included. */
  answerAll(): void {
    while (this.#waiting.length > 0) this.answerOne();
  }
}
