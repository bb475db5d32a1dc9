import { createRequire } from "node:module";
import { equalBytes } from "@forkyard/core/bytes/bytes";
import type { Curve } from "@forkyard/core/ports/curve";
import { answerOrFalse } from "./answer-or-false.ts";
import { isTweakShaped, schnorrClaim, X_ONLY_BYTES } from "./bip340.ts";
import { nobleCurve } from "./noble.ts";
import { hasCheckableShape, plainPublicKey, SCALAR_BYTES, SIGNATURE_BYTES } from "./point-encoding.ts";
import { GROUP_ORDER, modGroupOrder, readScalar, writeScalar } from "./scalar.ts";

/** The part used of the npm package `secp256k1`, which has no types of its own. All throw on malformed input. */
interface Bindings {
  signatureNormalize(signature: Uint8Array): Uint8Array;
  ecdsaVerify(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean;
  /** The key under which `signature` signs `digest`, when its R is the point with x = r and the parity `recoveryId`. */
  ecdsaRecover(signature: Uint8Array, recoveryId: number, digest: Uint8Array, compressed: boolean): Uint8Array;
  publicKeyTweakAdd(publicKey: Uint8Array, tweak: Uint8Array, compressed: boolean): Uint8Array;
}

const MALFORMED: ReadonlySet<string> = new Set([
  "Signature could not be parsed",
  "Public Key could not be parsed",
  "Public key could not be recover",
  "The tweak was out of range or the resulted private key is invalid",
]);
/** First byte of half the group order: a lower S is low for sure. */
const HALF_ORDER_FIRST_BYTE = 0x7f;
const COMPRESSED_EVEN = 2;
const COMPRESSED_ODD = 3;
const EVEN_R = 0;

/**
 * libsecp256k1 as a native addon: the fastest engine. The package's prebuilt binary is loaded, no install script runs.
 * @throws Error when there is no binary for this platform
 */
export function loadNativeCurve(): Curve {
  // Not the package itself: that falls back to a JavaScript curve without a word.
  const bindings = createRequire(import.meta.url)("secp256k1/bindings.js") as Bindings;
  return {
    name: "native",
    verifyEcdsa(signature, digest, publicKey) {
      const key = plainPublicKey(publicKey);
      if (key === undefined || !hasCheckableShape(signature, digest)) return false;
      return answerOrFalse(MALFORMED, () => bindings.ecdsaVerify(withLowS(bindings, signature), digest, key));
    },
    verifySchnorr: (signature, message, publicKey) => verifySchnorr(bindings, signature, message, publicKey),
    isTweaked(outputKey, outputParity, internalKey, tweak) {
      if (!isTweakShaped(outputKey, outputParity, internalKey, tweak)) return false;
      return answerOrFalse(MALFORMED, () => {
        const output = bindings.publicKeyTweakAdd(compressed(COMPRESSED_EVEN, internalKey), tweak, true);
        return equalBytes(output, compressed(outputParity === 1 ? COMPRESSED_ODD : COMPRESSED_EVEN, outputKey));
      });
    },
  };
}

/**
 * BIP340 by means of ECDSA key recovery, as the package has no Schnorr functions. Recovery works out
 * (s'·R - m·G) / r for the point R whose x is r. With the public key P in the place of R, so that r is P's x, and with
 * s' = -e·r and m = -s·r, this is s·G - e·P: the very point that BIP340 compares, at the cost of one multiplication.
 */
function verifySchnorr(bindings: Bindings, signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  const claim = schnorrClaim(signature, message, publicKey);
  if (claim === undefined) return false;
  const x = readScalar(publicKey);
  const recoverS = modGroupOrder(-claim.challenge * x);
  // Recovery takes no r from the order up and no zeros; either comes up once in 2^128 keys, if ever.
  if (x >= GROUP_ORDER || recoverS === 0n) return nobleCurve.verifySchnorr(signature, message, publicKey);
  const recoverable = new Uint8Array(SIGNATURE_BYTES);
  recoverable.set(publicKey);
  writeScalar(recoverable, SCALAR_BYTES, recoverS);
  const digest = new Uint8Array(SCALAR_BYTES);
  writeScalar(digest, 0, modGroupOrder(-claim.s * x));
  return answerOrFalse(MALFORMED, () => {
    const commitment = bindings.ecdsaRecover(recoverable, EVEN_R, digest, true);
    return equalBytes(commitment, compressed(COMPRESSED_EVEN, claim.r));
  });
}

function compressed(prefix: number, x: Uint8Array): Uint8Array {
  const key = new Uint8Array(1 + X_ONLY_BYTES);
  key[0] = prefix;
  key.set(x, 1);
  return key;
}

/** libsecp256k1 verifies low S only; consensus takes both, and the negative of S signs the same. */
function withLowS(bindings: Bindings, signature: Uint8Array): Uint8Array {
  const mayBeHigh = (signature[SCALAR_BYTES] as number) >= HALF_ORDER_FIRST_BYTE;
  return mayBeHigh ? bindings.signatureNormalize(signature.slice()) : signature;
}
