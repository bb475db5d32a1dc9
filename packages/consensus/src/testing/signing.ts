import { concatBytes } from "@forkyard/core/bytes/bytes";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { getPublicKey, hashes, sign } from "@noble/secp256k1";

hashes.sha256 = (message) => sha256(message);
hashes.hmacSha256 = (key, message) => hmac(sha256, key, message);

/** A key pair for tests, made of one byte. */
export interface TestKey {
  readonly privateKey: Uint8Array;
  /** Compressed. */
  readonly publicKey: Uint8Array;
  /** 65 bytes that begin with 4. */
  readonly uncompressed: Uint8Array;
}

export function testKey(seed: number): TestKey {
  const privateKey = new Uint8Array(32).fill(seed);
  return { privateKey, publicKey: getPublicKey(privateKey), uncompressed: getPublicKey(privateKey, false) };
}

/** A strict DER signature of a digest with low S, the hash type at its end. */
export function signDigest(key: TestKey, digest: Uint8Array, hashType: number): Uint8Array {
  return derSignature(sign(digest, key.privateKey, { prehash: false }), hashType);
}

/** DER of r and s, 32 bytes each, as they are. */
export function derSignature(compact: Uint8Array, hashType: number): Uint8Array {
  const body = concatBytes(derInteger(compact.subarray(0, 32)), derInteger(compact.subarray(32)));
  return Uint8Array.of(0x30, body.length, ...body, hashType);
}

function derInteger(scalar: Uint8Array): Uint8Array {
  const first = scalar.findIndex((byte) => byte !== 0);
  const magnitude = scalar.subarray(first);
  const padding = (magnitude[0] ?? 0) > 0x7f ? [0] : [];
  return Uint8Array.of(2, magnitude.length + padding.length, ...padding, ...magnitude);
}
