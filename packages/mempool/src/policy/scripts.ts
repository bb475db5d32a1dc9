import { MANDATORY_SCRIPT_FLAGS, STANDARD_SCRIPT_FLAGS } from "@forkyard/consensus/rules/script/flags";
import type { ScriptCheck } from "@forkyard/consensus/rules/script/script-check";
import { RuleError } from "@forkyard/core/errors";
import type { Transaction, TxOutput } from "@forkyard/core/tx";

/** Runs one input's scripts. @throws RuleError when they fail */
export type VerifyScript = (check: ScriptCheck) => void;

/**
 * Runs all scripts under the rules of relay. One that fails them and passes those of blocks is refused without blame.
 * @throws RuleError non-mandatory-script-verify-flag, or what `verify` throws
 */
export function checkScripts(tx: Transaction, spent: readonly TxOutput[], verify: VerifyScript): void {
  for (let inputIndex = 0; inputIndex < tx.inputs.length; inputIndex++) {
    try {
      verify({ tx, inputIndex, spent, flags: STANDARD_SCRIPT_FLAGS });
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      verify({ tx, inputIndex, spent, flags: MANDATORY_SCRIPT_FLAGS });
      throw new RuleError("non-mandatory-script-verify-flag", error.data);
    }
  }
}
