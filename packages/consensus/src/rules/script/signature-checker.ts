/** Where the script runs: `base` outside segwit (also inside P2SH), `witness-v0` in P2WPKH and P2WSH (BIP141). */
export type SignatureVersion = "base" | "witness-v0";

/** What a script may ask about the transaction that it spends in. */
export interface SignatureChecker {
  /**
   * True when `signature` (DER and a last byte with the hash type) signs the transaction for `publicKey`.
   * @param scriptCode what was left of the script from the last OP_CODESEPARATOR on
   */
  checkEcdsa(signature: Uint8Array, publicKey: Uint8Array, scriptCode: Uint8Array, version: SignatureVersion): boolean;
  /** BIP65: true when the transaction cannot be mined before `lockTime`. */
  checkLockTime(lockTime: number): boolean;
  /** BIP112: true when the input cannot be mined before the relative lock `sequence`. */
  checkSequence(sequence: number): boolean;
}
