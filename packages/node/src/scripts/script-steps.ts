import type { RuleError } from "@forkyard/core/errors";
import type { ScriptJob } from "./script-runner.ts";

/** Work that stops for the scripts of a block: hands their job out to be finished, and goes on with the failure or with nothing. */
export type ScriptSteps<Result> = Generator<ScriptJob, Result, RuleError | undefined>;

export interface ScriptStepsHandlers<Result> {
  /** The runner did not answer at once: from here on the caller's turn goes on without us. Called at most once. */
  readonly waiting: () => void;
  readonly ended: (result: Result) => void;
  /** The work threw after it had waited; before, the error goes to the caller. */
  readonly failed: (error: unknown) => void;
}

const NOTHING_TO_GIVE_UP = (): void => {};

/**
 * Carries work through to its end: within this call as long as the runner answers at once, so that a chain over an
 * inline runner stays synchronous.
 * @returns gives the work up where it waits: nothing is called any more
 */
export function runScriptSteps<Result>(steps: ScriptSteps<Result>, handlers: ScriptStepsHandlers<Result>): () => void {
  let giveUpJob = NOTHING_TO_GIVE_UP;
  let givenUp = false;
  let waited = false;

  /** Goes on until the end or until the runner makes us wait. */
  const proceed = (first: () => IteratorResult<ScriptJob, Result>): void => {
    let step = first();
    while (step.done !== true) {
      let answer: { readonly failure: RuleError | undefined } | undefined;
      let late = false;
      const job = step.value;
      giveUpJob = () => job.giveUp();
      job.finish((failure) => {
        if (late) proceedLate(failure);
        else answer = { failure };
      });
      if (answer === undefined) {
        late = true;
        if (!waited) handlers.waiting();
        waited = true;
        return;
      }
      step = steps.next(answer.failure);
    }
    handlers.ended(step.value);
  };

  const proceedLate = (failure: RuleError | undefined): void => {
    if (givenUp) return;
    try {
      proceed(() => steps.next(failure));
    } catch (error) {
      handlers.failed(error);
    }
  };

  proceed(() => steps.next());
  return () => {
    givenUp = true;
    giveUpJob();
  };
}
