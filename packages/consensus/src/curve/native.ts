import { createRequire } from "node:module";
import type { Curve } from "@forkyard/core/ports/curve";
import { answerOrFalse } from "./answer-or-false.ts";
import { hasCheckableShape, plainPublicKey, SCALAR_BYTES } from "./point-encoding.ts";

/** The part used of the npm package `secp256k1`, which has no types of its own. Both throw on malformed input. */
interface Bindings {
  signatureNormalize(signature: Uint8Array): Uint8Array;
  ecdsaVerify(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean;
}

const MALFORMED: ReadonlySet<string> = new Set(["Signature could not be parsed", "Public Key could not be parsed"]);
/** First byte of half the group order: a lower S is low for sure. */
const HALF_ORDER_FIRST_BYTE = 0x7f;

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
  };
}

/** libsecp256k1 verifies low S only; consensus takes both, and the negative of S signs the same. */
function withLowS(bindings: Bindings, signature: Uint8Array): Uint8Array {
  const mayBeHigh = (signature[SCALAR_BYTES] as number) >= HALF_ORDER_FIRST_BYTE;
  return mayBeHigh ? bindings.signatureNormalize(signature.slice()) : signature;
}
