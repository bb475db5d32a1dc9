import type { ScriptCheck, TransactionScripts } from "@forkyard/consensus/rules/script/script-check";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import type { Block } from "@forkyard/core/block";
import { RuleError } from "@forkyard/core/errors";
import type { Curve } from "@forkyard/core/ports/curve";

export type { TransactionScripts };

/**
 * The scripts of one block, handed over transaction by transaction while its other rules are still being checked
 * (Bitcoin Core's CCheckQueueControl). Whoever opens a job finishes it or gives it up before his turn ends.
 */
export interface ScriptJob {
  /** The next transaction in block order; they may be fewer than the block has. */
  add(scripts: TransactionScripts): void;
  /**
   * No more come.
   * @param done called once, possibly before this returns; with nothing when all scripts pass
   */
  finish(done: (failure: RuleError | undefined) => void): void;
  /** The answer is of no more interest: none is given from here on. */
  giveUp(): void;
}

/**
 * Runs the scripts of blocks, here or on other threads. The failure reported is that of the first input in block order
 * that fails, whoever ran it and whenever: all implementations give the same answer.
 */
export interface ScriptRunner {
  open(block: Block): ScriptJob;
}

/** Runs scripts one after the other up to the first that fails. */
export function firstScriptFailure(scripts: readonly TransactionScripts[], curve: Curve): RuleError | undefined {
  for (const transaction of scripts) {
    for (let inputIndex = 0; inputIndex < transaction.tx.inputs.length; inputIndex++) {
      const failure = scriptFailure({ ...transaction, inputIndex }, curve);
      if (failure !== undefined) return failure;
    }
  }
  return undefined;
}

/** Why one input fails; undefined when it passes. */
export function scriptFailure(check: ScriptCheck, curve: Curve): RuleError | undefined {
  try {
    verifyInput(check, curve);
    return undefined;
  } catch (error) {
    if (error instanceof RuleError) return error;
    throw error;
  }
}

/** On the calling thread, answered at once: deterministic, for simulations and tools. */
export function inlineScriptRunner(curve: Curve): ScriptRunner {
  return {
    open() {
      const scripts: TransactionScripts[] = [];
      return {
        add: (transaction) => void scripts.push(transaction),
        finish: (done) => done(firstScriptFailure(scripts, curve)),
        giveUp() {},
      };
    },
  };
}
