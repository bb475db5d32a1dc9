import { countSigops } from "@forkyard/consensus/rules/sigops";
import { readOps } from "@forkyard/core/script/codec";
import type { Transaction, TxInput, TxOutput } from "@forkyard/core/tx";
import { policyError } from "../codes.ts";
import { MAX_P2SH_SIGOPS } from "../limits.ts";
import { standardOutputType } from "./output-type.ts";

/**
 * Only outputs of known templates are spent through relay, and redeem scripts with few sigops (Bitcoin Core
 * `AreInputsStandard`).
 * @throws RuleError bad-txns-nonstandard-inputs
 */
export function checkStandardInputs(tx: Transaction, spent: readonly TxOutput[]): void {
  for (const [input, output] of spent.entries()) {
    const type = standardOutputType(output.scriptPubKey);
    if (type === undefined || type === "witness_unknown" || type === "nulldata") {
      throw policyError("bad-txns-nonstandard-inputs", { input });
    }
    if (type !== "scripthash") continue;
    const redeemScript = redeemScriptOf((tx.inputs[input] as TxInput).scriptSig);
    const sigops = redeemScript === undefined ? undefined : countSigops(redeemScript, true);
    if (sigops === undefined || sigops > MAX_P2SH_SIGOPS) {
      throw policyError("bad-txns-nonstandard-inputs", { input, ...(sigops === undefined ? {} : { sigops }) });
    }
  }
}

/** BIP16: what the last push of a scriptSig holds; undefined when nothing is pushed. */
export function redeemScriptOf(scriptSig: Uint8Array): Uint8Array | undefined {
  const last = readOps(scriptSig).ops.at(-1);
  return last === undefined ? undefined : (last.data ?? new Uint8Array(0));
}
