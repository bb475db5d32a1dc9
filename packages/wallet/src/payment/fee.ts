import { compactSizeLength } from "@forkyard/core/bytes/writer";
import { InputError } from "@forkyard/core/errors";
import { WITNESS_SCALE_FACTOR } from "@forkyard/core/limits";
import { DEFAULT_FEE_RATE, MAX_FEE_RATE, MIN_FEE_RATE } from "../limits.ts";
import type { SpendTemplate } from "../signing/spend-template.ts";

/** Satoshis for 1,000 virtual bytes: whole numbers, so that fees come out the same everywhere. */
export type FeeRate = bigint;

const BYTES_PER_RATE_UNIT = 1_000;
/** Version, lock time. */
const FIXED_BYTES = 8;
/** Outpoint and sequence. */
const INPUT_FIXED_BYTES = 40;
/** BIP144 marker and flag. */
const SEGWIT_MARKER_WEIGHT = 2;
/** A signature with a short r in DER with its hash type; one in 200 is a byte shorter still. */
const SIGNATURE_BYTES = 71;
const PUBLIC_KEY_BYTES = 33;

/** Weight units that an input adds, signed with a short r and a compressed key. */
const INPUT_WEIGHT: Readonly<Record<SpendTemplate, number>> = {
  p2wpkh:
    (INPUT_FIXED_BYTES + 1) * WITNESS_SCALE_FACTOR +
    compactSizeLength(2) +
    pushLength(SIGNATURE_BYTES) +
    pushLength(PUBLIC_KEY_BYTES),
  p2pkh:
    (INPUT_FIXED_BYTES + pushLength(pushLength(SIGNATURE_BYTES) + pushLength(PUBLIC_KEY_BYTES))) * WITNESS_SCALE_FACTOR,
  p2pk: (INPUT_FIXED_BYTES + pushLength(pushLength(SIGNATURE_BYTES))) * WITNESS_SCALE_FACTOR,
};

/** The size of a transaction before it is signed. */
export interface TxShape {
  readonly inputs: readonly SpendTemplate[];
  /** Bytes of each output script. */
  readonly outputScriptBytes: readonly number[];
}

/** A rate in satoshis a virtual byte as people give it. @throws InputError below what is relayed or above what is sane */
export function feeRateOf(satPerVbyte: number = DEFAULT_FEE_RATE): FeeRate {
  if (!(satPerVbyte >= MIN_FEE_RATE && satPerVbyte <= MAX_FEE_RATE)) {
    throw new InputError(
      `a fee rate of ${satPerVbyte} sat/vB is not possible: choose ${MIN_FEE_RATE} to ${MAX_FEE_RATE} sat/vB`,
    );
  }
  return BigInt(Math.ceil(satPerVbyte * BYTES_PER_RATE_UNIT));
}

/** Satoshis for a weight at a rate: virtual bytes are rounded up, then satoshis are. */
export function feeForWeight(weight: number, rate: FeeRate): bigint {
  return divideUp(BigInt(Math.ceil(weight / WITNESS_SCALE_FACTOR)) * rate, BigInt(BYTES_PER_RATE_UNIT));
}

/** What one more input costs, rounded up by itself. */
export function inputFee(template: SpendTemplate, rate: FeeRate): bigint {
  // One weight unit more: the empty witness of an input without one, where others have theirs.
  const weight = INPUT_WEIGHT[template] + (template === "p2wpkh" ? 0 : 1);
  return divideUp(BigInt(weight) * rate, BigInt(BYTES_PER_RATE_UNIT * WITNESS_SCALE_FACTOR));
}

/** What one more output costs, rounded up by itself. */
export function outputFee(scriptBytes: number, rate: FeeRate): bigint {
  return feeForWeight(outputBytes(scriptBytes) * WITNESS_SCALE_FACTOR, rate);
}

/** What everything but the inputs costs, never too little for up to `maxInputs` of them. */
export function fixedFee(maxInputs: number, outputScriptBytes: readonly number[], rate: FeeRate): bigint {
  // Three weight units more: virtual bytes are rounded up once, over all.
  const roundingWeight = WITNESS_SCALE_FACTOR - 1;
  const counts = (compactSizeLength(maxInputs) - 1) * WITNESS_SCALE_FACTOR;
  const weight = estimateWeight({ inputs: [], outputScriptBytes }) + counts + SEGWIT_MARKER_WEIGHT;
  return feeForWeight(weight + roundingWeight, rate);
}

/** Weight of the signed transaction: exact, or a unit or two more for each signature that comes out short. */
export function estimateWeight({ inputs, outputScriptBytes }: TxShape): number {
  const witnessInputs = inputs.filter((template) => template === "p2wpkh").length;
  // With one witness in the transaction every other input carries an empty one, a byte long.
  const witnessOverhead = witnessInputs === 0 ? 0 : SEGWIT_MARKER_WEIGHT + (inputs.length - witnessInputs);
  const outputsTotal = outputScriptBytes.reduce((sum, bytes) => sum + outputBytes(bytes), 0);
  const base = FIXED_BYTES + compactSizeLength(inputs.length) + compactSizeLength(outputScriptBytes.length);
  const inputsTotal = inputs.reduce((sum, template) => sum + INPUT_WEIGHT[template], 0);
  return (base + outputsTotal) * WITNESS_SCALE_FACTOR + inputsTotal + witnessOverhead;
}

/** Value, length, script. */
function outputBytes(scriptBytes: number): number {
  return 8 + pushLength(scriptBytes);
}

/** Bytes with their length in front; the same for compactSize and for pushes shorter than 76 bytes. */
function pushLength(bytes: number): number {
  return compactSizeLength(bytes) + bytes;
}

function divideUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
