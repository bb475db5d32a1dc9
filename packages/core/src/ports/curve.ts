/**
 * Checks signatures over secp256k1: ECDSA, Schnorr (BIP340) and the commitment of taproot keys (BIP341). All engines
 * answer alike for any input, never throw, and follow libsecp256k1: ECDSA public keys compressed (33 bytes),
 * uncompressed or hybrid (65 bytes; the parity of a hybrid key must fit), both high and low S accepted, r and s in
 * 1..n-1. Bytes of a wrong length are no valid input: the answer is false.
 */
export interface Curve {
  /** Name shown in `status` and in benchmarks. */
  readonly name: string;
  /**
   * @param signature 64 bytes: r and s, big-endian
   * @param digest 32 bytes, signed as they are: not hashed again
   * @param publicKey SEC1 bytes
   */
  verifyEcdsa(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean;
  /**
   * BIP340.
   * @param signature 64 bytes: x of R, then s
   * @param message any length; Bitcoin signs 32 bytes
   * @param publicKey 32 bytes: x of a point whose y is even
   */
  verifySchnorr(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  /**
   * BIP341: true when the output key is the internal key plus `tweak` times the generator.
   * @param outputKey 32 bytes, x alone
   * @param outputParity 1 when the output key's y is odd, else 0
   * @param internalKey 32 bytes: x of a point whose y is even
   * @param tweak 32 bytes, below the group order
   */
  isTweaked(outputKey: Uint8Array, outputParity: number, internalKey: Uint8Array, tweak: Uint8Array): boolean;
}
