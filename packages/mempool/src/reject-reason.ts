import { SCRIPT_FAILED } from "@forkyard/consensus/rules/codes";
import { scriptErrorText } from "@forkyard/consensus/rules/script/script-error";
import type { RuleError } from "@forkyard/core/errors";
import type { Transaction } from "@forkyard/core/tx";
import type { PolicyCode } from "./codes.ts";

/** What bitcoind answers for a transaction that its mempool refuses (Bitcoin Core `TxValidationState`). */
export interface Rejection {
  readonly reason: string;
  /** The reason, and what explains it. */
  readonly details: string;
}

const RELAY_SCRIPT_FAILED: PolicyCode = "mempool-script-verify-flag-failed";

/**
 * A refusal in bitcoind's words. Since its release 30 they are the same for a script that only relay forbids and for one
 * that no block could hold.
 */
export function rejectionOf(error: RuleError, tx: Transaction): Rejection {
  const { code, data } = error;
  if (code === SCRIPT_FAILED || code === RELAY_SCRIPT_FAILED) {
    const reason = `${RELAY_SCRIPT_FAILED} (${scriptErrorText(String(data["error"]))})`;
    return { reason, details: `${reason}, ${inputText(tx, Number(data["input"]))}` };
  }
  const values = Object.entries(data).map(([key, value]) => `${key}=${value}`);
  return { reason: code, details: [code, ...values].join(", ") };
}

function inputText(tx: Transaction, index: number): string {
  const prevout = tx.inputs[index]?.prevout;
  return `input ${index} of ${tx.txid} (wtxid ${tx.wtxid}), spending ${prevout?.txid}:${prevout?.vout}`;
}
