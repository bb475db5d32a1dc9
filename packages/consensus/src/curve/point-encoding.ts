/** How the engines' inputs are brought into forms that all of them read alike. */

export const SCALAR_BYTES = 32;
export const SIGNATURE_BYTES: number = 2 * SCALAR_BYTES;
export const DIGEST_BYTES = 32;
const COMPRESSED_BYTES = 33;
const UNCOMPRESSED_BYTES = 65;
const UNCOMPRESSED_PREFIX = 4;
const HYBRID_EVEN_PREFIX = 6;
const HYBRID_ODD_PREFIX = 7;

/** True when the lengths are such that an engine may look at the values. */
export function hasCheckableShape(signature: Uint8Array, digest: Uint8Array): boolean {
  return signature.length === SIGNATURE_BYTES && digest.length === DIGEST_BYTES;
}

/**
 * A public key in one of the two SEC1 forms that every engine knows. A hybrid key (first byte 6 or 7, then both
 * coordinates) says the parity of y twice: undefined when the two differ, the plain form when they agree.
 * Undefined also when length and first byte do not fit.
 */
export function plainPublicKey(publicKey: Uint8Array): Uint8Array | undefined {
  const prefix = publicKey[0];
  if (publicKey.length === COMPRESSED_BYTES) return prefix === 2 || prefix === 3 ? publicKey : undefined;
  if (publicKey.length !== UNCOMPRESSED_BYTES) return undefined;
  if (prefix === UNCOMPRESSED_PREFIX) return publicKey;
  const yIsOdd = ((publicKey[UNCOMPRESSED_BYTES - 1] as number) & 1) === 1;
  if (prefix !== (yIsOdd ? HYBRID_ODD_PREFIX : HYBRID_EVEN_PREFIX)) return undefined;
  const plain = publicKey.slice();
  plain[0] = UNCOMPRESSED_PREFIX;
  return plain;
}
