/** The last byte of a signature: which outputs and inputs of the transaction it covers. */

/** BIP341: a Schnorr signature without this byte; covers what ALL covers. */
export const SIGHASH_DEFAULT = 0;
export const SIGHASH_ALL = 1;
export const SIGHASH_NONE = 2;
export const SIGHASH_SINGLE = 3;
/** Added to one of the above: only the signed input is covered. */
export const SIGHASH_ANYONECANPAY = 0x80;

const ANYONE_SINGLE = SIGHASH_ANYONECANPAY | SIGHASH_SINGLE;

/** The bits that choose the outputs. Values other than NONE and SINGLE mean ALL, as old signatures use them. */
const OUTPUTS_MASK = 0x1f;

/** BIP341: hash types that a taproot signature may have; any other value fails. */
export function isTaprootHashType(hashType: number): boolean {
  return hashType <= SIGHASH_SINGLE || (hashType > SIGHASH_ANYONECANPAY && hashType <= ANYONE_SINGLE);
}

export type SignedOutputs = "all" | "none" | "single";

export function signedOutputs(hashType: number): SignedOutputs {
  const outputs = hashType & OUTPUTS_MASK;
  if (outputs === SIGHASH_NONE) return "none";
  return outputs === SIGHASH_SINGLE ? "single" : "all";
}

export function signsOneInput(hashType: number): boolean {
  return (hashType & SIGHASH_ANYONECANPAY) !== 0;
}
