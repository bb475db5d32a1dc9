import { isPushOnly } from "@forkyard/core/script/codec";
import type { Transaction } from "@forkyard/core/tx";
import { policyError } from "../codes.ts";
import type { FeeRate } from "../fee-rate.ts";
import {
  MAX_STANDARD_SCRIPT_SIG_BYTES,
  MAX_STANDARD_VERSION,
  MAX_STANDARD_WEIGHT,
  MIN_STANDARD_NON_WITNESS_BYTES,
  MIN_STANDARD_VERSION,
} from "../limits.ts";
import { checkDust } from "./dust.ts";
import { standardOutputType } from "./output-type.ts";

/**
 * What can be said of a transaction without its coins (Bitcoin Core `IsStandardTx`).
 * @throws RuleError version, tx-size, scriptsig-size, scriptsig-not-pushonly, scriptpubkey, multi-op-return, dust
 */
export function checkStandardTx(tx: Transaction, dustFeeRate: FeeRate): void {
  if (tx.version < MIN_STANDARD_VERSION || tx.version > MAX_STANDARD_VERSION) {
    throw policyError("version", { version: tx.version });
  }
  if (tx.weight > MAX_STANDARD_WEIGHT) throw policyError("tx-size", { weight: tx.weight });
  checkScriptSigs(tx);
  checkOutputs(tx);
  checkDust(tx, dustFeeRate);
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

function checkOutputs(tx: Transaction): void {
  let dataOutputs = 0;
  for (const [output, { scriptPubKey }] of tx.outputs.entries()) {
    const type = standardOutputType(scriptPubKey);
    if (type === undefined) throw policyError("scriptpubkey", { output });
    if (type === "nulldata") dataOutputs++;
  }
  if (dataOutputs > 1) throw policyError("multi-op-return", { outputs: dataOutputs });
}
