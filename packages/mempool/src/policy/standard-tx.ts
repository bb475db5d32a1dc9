import { isPushOnly } from "@forkyard/core/script/codec";
import type { Transaction } from "@forkyard/core/tx";
import { policyError } from "../codes.ts";
import type { FeeRate } from "../fee-rate.ts";
import {
  MAX_DUST_OUTPUTS,
  MAX_STANDARD_SCRIPT_SIG_BYTES,
  MAX_STANDARD_VERSION,
  MAX_STANDARD_WEIGHT,
  MIN_STANDARD_NON_WITNESS_BYTES,
  MIN_STANDARD_VERSION,
} from "../limits.ts";
import { dustOutputs } from "./dust.ts";
import { standardOutputType } from "./output-type.ts";

/**
 * What can be said of a transaction without its coins (Bitcoin Core `IsStandardTx`).
 * @throws RuleError version, tx-size, scriptsig-size, scriptsig-not-pushonly, scriptpubkey, dust
 */
export function checkStandardTx(tx: Transaction, dustFeeRate: FeeRate): void {
  if (tx.version < MIN_STANDARD_VERSION || tx.version > MAX_STANDARD_VERSION) {
    throw policyError("version", { version: tx.version });
  }
  if (tx.weight > MAX_STANDARD_WEIGHT) throw policyError("tx-size", { weight: tx.weight });
  checkScriptSigs(tx);
  checkOutputs(tx);
  const dust = dustOutputs(tx, dustFeeRate);
  if (dust.length > MAX_DUST_OUTPUTS) throw policyError("dust", { outputs: dust.join(" ") });
}

/** Holds whether or not standardness is asked for. @throws RuleError tx-size-small */
export function checkNotTooSmall(tx: Transaction): void {
  if (tx.strippedSize < MIN_STANDARD_NON_WITNESS_BYTES) {
    throw policyError("tx-size-small", { nonWitnessBytes: tx.strippedSize });
  }
}

function checkScriptSigs(tx: Transaction): void {
  for (const [input, { scriptSig }] of tx.inputs.entries()) {
    if (scriptSig.length > MAX_STANDARD_SCRIPT_SIG_BYTES) {
      throw policyError("scriptsig-size", { input, bytes: scriptSig.length });
    }
    if (!isPushOnly(scriptSig)) throw policyError("scriptsig-not-pushonly", { input });
  }
}

/** OP_RETURN outputs may be many and long: since Bitcoin Core 30 only the weight of the whole bounds them. */
function checkOutputs(tx: Transaction): void {
  for (const [output, { scriptPubKey }] of tx.outputs.entries()) {
    if (standardOutputType(scriptPubKey) === undefined) throw policyError("scriptpubkey", { output });
  }
}
