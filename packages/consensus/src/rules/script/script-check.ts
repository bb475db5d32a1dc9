import type { Transaction, TxOutput } from "@forkyard/core/tx";
import type { ScriptFlags } from "./flags.ts";

/** One input whose scripts are still to be run: all that this needs, so that any thread can do it. */
export interface ScriptCheck {
  readonly tx: Transaction;
  readonly inputIndex: number;
  /** The outputs that all inputs of `tx` spend, in order: taproot signs them all. */
  readonly spent: readonly TxOutput[];
  readonly flags: ScriptFlags;
}
