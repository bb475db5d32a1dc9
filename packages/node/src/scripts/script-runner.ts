import type { ScriptFlags } from "@forkyard/consensus/rules/script/flags";
import type { ScriptCheck } from "@forkyard/consensus/rules/script/script-check";
import { verifyInput } from "@forkyard/consensus/rules/script/verify-script";
import type { Block } from "@forkyard/core/block";
import { RuleError } from "@forkyard/core/errors";
import type { Curve } from "@forkyard/core/ports/curve";
import type { Transaction, TxOutput } from "@forkyard/core/tx";

/** The scripts of all inputs of one transaction. */
export interface TransactionScripts {
  readonly tx: Transaction;
  /** The outputs that its inputs spend, in order. */
  readonly spent: readonly TxOutput[];
  readonly flags: ScriptFlags;
}

/** Scripts that a block is valid with, if it breaks no other rule. */
export interface ScriptJob {
  readonly block: Block;
  /** The block as serialized, for threads to read transactions from. */
  readonly bytes: Uint8Array;
  /** Transactions of the block, in its order; not necessarily all. */
  readonly scripts: readonly TransactionScripts[];
}

/**
 * Runs the scripts of blocks, here or on other threads. The failure reported is that of the first input in block order
 * that fails, whoever ran it and whenever: all implementations give the same answer.
 */
export interface ScriptRunner {
  /**
   * @param done called once, possibly before this returns; with nothing when all scripts pass
   * @returns gives the job up: `done` is then not called any more
   */
  run(job: ScriptJob, done: (failure: RuleError | undefined) => void): () => void;
}

/** Checks input by input grouped by transaction, as `connectBlock` lists them: all inputs of each, in order. */
export function byTransaction(checks: readonly ScriptCheck[]): TransactionScripts[] {
  return checks.filter(({ inputIndex }) => inputIndex === 0).map(({ tx, spent, flags }) => ({ tx, spent, flags }));
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

const NOTHING_TO_GIVE_UP = (): void => {};

/** On the calling thread, answered at once: deterministic, for simulations and tools. */
export function inlineScriptRunner(curve: Curve): ScriptRunner {
  return {
    run({ scripts }, done) {
      done(firstScriptFailure(scripts, curve));
      return NOTHING_TO_GIVE_UP;
    },
  };
}
