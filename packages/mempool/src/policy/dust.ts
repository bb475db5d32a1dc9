import { compactSizeLength } from "@forkyard/core/bytes/writer";
import { isUnspendable } from "@forkyard/core/coins";
import { witnessProgram } from "@forkyard/core/script/templates";
import type { Transaction, TxOutput } from "@forkyard/core/tx";
import { policyError } from "../codes.ts";
import { type FeeRate, feeAt } from "../fee-rate.ts";

const VALUE_BYTES = 8;
/** Bytes of an input that spends an ordinary output; the signature counts a quarter where it is a witness. */
const LEGACY_SPEND_BYTES = 148;
const WITNESS_SPEND_BYTES = 67;

/** Least value of an output that is not dust, in satoshis (Bitcoin Core `GetDustThreshold`). */
export function dustThreshold(output: TxOutput, rate: FeeRate): bigint {
  if (isUnspendable(output.scriptPubKey)) return 0n;
  const length = output.scriptPubKey.length;
  const spend = witnessProgram(output.scriptPubKey) === undefined ? LEGACY_SPEND_BYTES : WITNESS_SPEND_BYTES;
  return feeAt(rate, VALUE_BYTES + compactSizeLength(length) + length + spend);
}

/** Indexes of the outputs that are dust. */
export function dustOutputs(tx: Transaction, rate: FeeRate): number[] {
  return [...tx.outputs.keys()].filter((index) => {
    const output = tx.outputs[index] as TxOutput;
    return output.value < dustThreshold(output, rate);
  });
}

/**
 * One output may be dust when the transaction pays nothing: a child must then pay for both, and takes the dust with it
 * (Bitcoin Core `PreCheckEphemeralTx`).
 * @throws RuleError dust
 */
export function checkDustIsFree(tx: Transaction, fee: bigint, rate: FeeRate): void {
  const [output] = fee === 0n ? [] : dustOutputs(tx, rate);
  if (output !== undefined) throw policyError("dust", { output, fee: String(fee) });
}
