import { assert } from "@forkyard/core/errors";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { getPublicKey, hashes, sign, utils, verify } from "@noble/secp256k1";
import { MAX_SIGNATURE_ATTEMPTS } from "../limits.ts";

// The library has no synchronous hashes of its own until it is given some.
hashes.sha256 = sha256;
hashes.hmacSha256 = (key, message) => hmac(sha256, key, message);

export const PRIVATE_KEY_BYTES = 32;
/** A number with its top bit set needs one byte more in DER. */
const TOP_BIT = 0x80;

/** True for 32 bytes that are a number in 1..n-1. */
export function isPrivateKey(bytes: Uint8Array): boolean {
  return bytes.length === PRIVATE_KEY_BYTES && utils.isValidSecretKey(bytes);
}

/** The compressed public key, 33 bytes. */
export function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  return getPublicKey(privateKey, true);
}

/**
 * ECDSA signature over a digest: 64 bytes, r and s. Deterministic (RFC 6979), low S (BIP146), and r below 2^255, found
 * by counting up the extra entropy of RFC 6979 3.6 as Bitcoin Core does: all signatures then have the same length in DER
 * or are shorter, so the size of a payment is known before it is signed.
 * @param digest 32 bytes, signed as they are
 */
export function signDigest(privateKey: Uint8Array, digest: Uint8Array): Uint8Array {
  for (let attempt = 0; attempt < MAX_SIGNATURE_ATTEMPTS; attempt++) {
    const extraEntropy = attempt === 0 ? false : counterBytes(attempt);
    const signature = sign(digest, privateKey, { prehash: false, lowS: true, extraEntropy });
    if ((signature[0] as number) >= TOP_BIT) continue;
    // A fault while signing could give the key away: never hand out a signature that does not verify.
    assert(isSignature(signature, digest, publicKeyOf(privateKey)), "a signature just made does not verify");
    return signature;
  }
  throw new Error("no signature with a short r");
}

/** Checks a 64-byte low-S signature. */
export function isSignature(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean {
  return verify(signature, digest, publicKey, { prehash: false, lowS: true });
}

/** 32 bytes, little-endian. */
function counterBytes(counter: number): Uint8Array {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, counter, true);
  return bytes;
}
