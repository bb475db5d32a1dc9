/**
 * Where the script runs: `base` outside segwit (also inside P2SH), `witness-v0` in P2WPKH and P2WSH (BIP141),
 * `tapscript` in a leaf of version 0xc0 of a taproot output (BIP342).
 */
export type SignatureVersion = "base" | "witness-v0" | "tapscript";

/** The leaf of a taproot output whose script is spending. */
export interface TaprootLeaf {
  /** 32 bytes: tagged hash of leaf version and script. */
  readonly hash: Uint8Array;
  /** Index, among the script's operations, of the last OP_CODESEPARATOR that ran; 0xffffffff when none did. */
  readonly codeSeparatorPosition: number;
}

/** What a taproot signature covers besides the transaction (BIP341). */
export interface TaprootContext {
  /** SHA-256 of the annex with its length in front; absent when the witness has none. */
  readonly annexHash?: Uint8Array;
  /** Absent in a key path spend. */
  readonly leaf?: TaprootLeaf;
}

/** What a script may ask about the transaction that it spends in. */
export interface SignatureChecker {
  /**
   * True when `signature` (DER and a last byte with the hash type) signs the transaction for `publicKey`.
   * @param scriptCode what was left of the script from the last OP_CODESEPARATOR on
   */
  checkEcdsa(signature: Uint8Array, publicKey: Uint8Array, scriptCode: Uint8Array, version: SignatureVersion): boolean;
  /**
   * BIP340 and BIP341: passes when `signature` (64 bytes, and a hash type unless it is the default one) signs the
   * transaction for `publicKey` of 32 bytes. A signature that fails ends the script: none may be tried in vain.
   * @throws ScriptFailure SCHNORR_SIG_SIZE, SCHNORR_SIG_HASHTYPE, SCHNORR_SIG
   */
  checkSchnorr(signature: Uint8Array, publicKey: Uint8Array, context: TaprootContext): void;
  /** BIP341: true when the output key is `internalKey` plus `tweak` times the generator; all keys are x alone. */
  isTweaked(outputKey: Uint8Array, outputParity: number, internalKey: Uint8Array, tweak: Uint8Array): boolean;
  /** BIP65: true when the transaction cannot be mined before `lockTime`. */
  checkLockTime(lockTime: number): boolean;
  /** BIP112: true when the input cannot be mined before the relative lock `sequence`. */
  checkSequence(sequence: number): boolean;
}
