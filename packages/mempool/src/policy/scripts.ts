import { SCRIPT_FAILED } from "@forkyard/consensus/rules/codes";
import {
  MANDATORY_SCRIPT_FLAGS,
  type ScriptFlags,
  STANDARD_SCRIPT_FLAGS,
} from "@forkyard/consensus/rules/script/flags";
import type { ScriptCheck } from "@forkyard/consensus/rules/script/script-check";
import { RuleError } from "@forkyard/core/errors";
import type { Transaction, TxOutput } from "@forkyard/core/tx";
import { policyError } from "../codes.ts";

/** Runs one input's scripts. @throws RuleError when they fail */
export type VerifyScript = (check: ScriptCheck) => void;

/**
 * Runs all scripts under the rules of relay; the script's error in the refusal is theirs, as with bitcoind. Its code tells
 * who is to blame: the sender for what no block could hold, nobody for what only relay forbids.
 * @throws RuleError mandatory-script-verify-flag-failed, mempool-script-verify-flag-failed
 */
export function checkScripts(tx: Transaction, spent: readonly TxOutput[], verify: VerifyScript): void {
  for (let inputIndex = 0; inputIndex < tx.inputs.length; inputIndex++) {
    const failure = failureOf({ tx, inputIndex, spent }, STANDARD_SCRIPT_FLAGS, verify);
    if (failure === undefined) continue;
    if (failureOf({ tx, inputIndex, spent }, MANDATORY_SCRIPT_FLAGS, verify) === undefined) {
      throw policyError("mempool-script-verify-flag-failed", failure.data);
    }
    throw new RuleError(SCRIPT_FAILED, failure.data);
  }
}

function failureOf(check: Omit<ScriptCheck, "flags">, flags: ScriptFlags, verify: VerifyScript): RuleError | undefined {
  try {
    verify({ ...check, flags });
    return undefined;
  } catch (error) {
    if (error instanceof RuleError) return error;
    throw error;
  }
}
