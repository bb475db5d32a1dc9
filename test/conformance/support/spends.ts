import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { hasFlag, SCRIPT_FLAGS, type ScriptFlags } from "@forkyard/consensus/rules/script/flags";
import type { ScriptErrorName } from "@forkyard/consensus/rules/script/script-error";
import { TransactionChecker } from "@forkyard/consensus/rules/script/transaction-checker";
import { verifyScript } from "@forkyard/consensus/rules/script/verify-script";
import type { Transaction, TxOutput } from "@forkyard/core/tx";

export const curve = selectCurve();

/**
 * Runs the script of one input.
 * @param spent the outputs that all inputs spend, in order
 */
export function spendResult(
  tx: Transaction,
  inputIndex: number,
  spent: readonly TxOutput[],
  flags: ScriptFlags,
): ScriptErrorName | "OK" {
  const input = tx.inputs[inputIndex];
  const output = spent[inputIndex];
  if (input === undefined || output === undefined) throw new Error(`no input ${inputIndex}`);
  const spend = { scriptSig: input.scriptSig, scriptPubKey: output.scriptPubKey, witness: input.witness };
  return verifyScript(spend, flags, new TransactionChecker(tx, inputIndex, spent, curve));
}

/** The set without the rules that lack one they need. */
export function trimFlags(flags: ScriptFlags): ScriptFlags {
  let trimmed = flags;
  if (!hasFlag(trimmed, SCRIPT_FLAGS.P2SH)) trimmed &= ~SCRIPT_FLAGS.WITNESS;
  if (!hasFlag(trimmed, SCRIPT_FLAGS.WITNESS)) trimmed &= ~(SCRIPT_FLAGS.CLEANSTACK | SCRIPT_FLAGS.TAPROOT);
  return trimmed;
}

/** The set with the rules that others in it need. */
export function fillFlags(flags: ScriptFlags): ScriptFlags {
  let filled = flags;
  if (hasFlag(filled, SCRIPT_FLAGS.CLEANSTACK | SCRIPT_FLAGS.TAPROOT)) filled |= SCRIPT_FLAGS.WITNESS;
  if (hasFlag(filled, SCRIPT_FLAGS.WITNESS)) filled |= SCRIPT_FLAGS.P2SH;
  return filled;
}

/** Each rule alone, and some mixtures that are the same in every run. */
export function flagMixtures(seed: number): ScriptFlags[] {
  const singles = Object.values(SCRIPT_FLAGS);
  let state = seed;
  const mixtures = Array.from({ length: 8 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  });
  return [...singles, ...mixtures.map((bits) => bits & singles.reduce((all, flag) => all | flag, 0))];
}

/** The rules of a set, one by one. */
export function singleFlags(flags: ScriptFlags): ScriptFlags[] {
  return Object.values(SCRIPT_FLAGS).filter((flag) => hasFlag(flags, flag));
}
