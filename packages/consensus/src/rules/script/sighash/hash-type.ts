/** The last byte of a signature: which outputs and inputs of the transaction it covers. */

export const SIGHASH_ALL = 1;
export const SIGHASH_NONE = 2;
export const SIGHASH_SINGLE = 3;
/** Added to one of the above: only the signed input is covered. */
export const SIGHASH_ANYONECANPAY = 0x80;

/** The bits that choose the outputs. Values other than NONE and SINGLE mean ALL, as old signatures use them. */
const OUTPUTS_MASK = 0x1f;

export type SignedOutputs = "all" | "none" | "single";

export function signedOutputs(hashType: number): SignedOutputs {
  const outputs = hashType & OUTPUTS_MASK;
  if (outputs === SIGHASH_NONE) return "none";
  return outputs === SIGHASH_SINGLE ? "single" : "all";
}

export function signsOneInput(hashType: number): boolean {
  return (hashType & SIGHASH_ANYONECANPAY) !== 0;
}
