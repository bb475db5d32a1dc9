import type { Transaction, TxOutput } from "@forkyard/core/tx";
import type { ScriptFlags } from "./flags.ts";

/** The scripts of all inputs of one transaction. */
export interface TransactionScripts {
  readonly tx: Transaction;
  /** The outputs that its inputs spend, in order. */
  readonly spent: readonly TxOutput[];
  readonly flags: ScriptFlags;
}

/** One input whose scripts are still to be run: all that this needs, so that any thread can do it. */
export interface ScriptCheck {
  readonly tx: Transaction;
  readonly inputIndex: number;
  /** The outputs that all inputs of `tx` spend, in order: taproot signs them all. */
  readonly spent: readonly TxOutput[];
  readonly flags: ScriptFlags;
}

/** Input by input, in order. */
export function* scriptChecks(transactions: Iterable<TransactionScripts>): Generator<ScriptCheck> {
  for (const transaction of transactions) {
    for (let inputIndex = 0; inputIndex < transaction.tx.inputs.length; inputIndex++) {
      yield { ...transaction, inputIndex };
    }
  }
}
