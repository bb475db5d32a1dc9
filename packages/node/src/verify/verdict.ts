import { BLOCK_SCRIPT_FAILED, rejectReason, SCRIPT_FAILED } from "@forkyard/consensus/rules/codes";
import { DecodeError, InputError, RuleError } from "@forkyard/core/errors";

/** What the rules say of a transaction or a block. */
export type Verdict =
  | { readonly accepted: true; readonly [detail: string]: unknown }
  | {
      readonly accepted: false;
      /** bitcoind's reject reason; `decode-failed` for bytes that are none; `invalid-request` for a bad question. */
      readonly code: string;
      readonly message: string;
      /** Name of the script error, when a script failed. */
      readonly script?: string;
      /** Index of the input whose script failed. */
      readonly input?: number;
    };

/** What `verify` comes to: its details when it returns, the code when a rule is broken or bytes are malformed. */
export function verdictOf(verify: () => Readonly<Record<string, unknown>>): Verdict {
  try {
    return { accepted: true, ...verify() };
  } catch (error) {
    if (error instanceof DecodeError) return { accepted: false, code: "decode-failed", message: error.message };
    if (error instanceof InputError) return { accepted: false, code: "invalid-request", message: error.message };
    if (error instanceof RuleError) return refusal(error);
    throw error;
  }
}

function refusal(error: RuleError): Verdict {
  const message = rejectReason(error);
  if (error.code !== SCRIPT_FAILED) return { accepted: false, code: error.code, message: error.message };
  const script = String(error.data["error"]);
  return { accepted: false, code: BLOCK_SCRIPT_FAILED, message, script, input: Number(error.data["input"]) };
}
