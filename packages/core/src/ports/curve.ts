/**
 * Checks ECDSA signatures over secp256k1. All engines answer alike for any input, never throw, and follow
 * libsecp256k1: public keys compressed (33 bytes), uncompressed or hybrid (65 bytes; the parity of a hybrid key must
 * fit), both high and low S accepted, r and s in 1..n-1.
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
}
