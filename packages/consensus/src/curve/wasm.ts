import { createRequire } from "node:module";
import type { Curve } from "@forkyard/core/ports/curve";
import { answerOrFalse } from "./answer-or-false.ts";
import { isTweakShaped, X_ONLY_BYTES } from "./bip340.ts";
import { nobleCurve } from "./noble.ts";
import { DIGEST_BYTES, hasCheckableShape, plainPublicKey, SIGNATURE_BYTES } from "./point-encoding.ts";
import { GROUP_ORDER, readScalar } from "./scalar.ts";

/** The part used of the npm package `tiny-secp256k1`. Throws on malformed input; high S passes as `strict` is not set. */
interface TinySecp256k1 {
  verify(digest: Uint8Array, publicKey: Uint8Array, signature: Uint8Array): boolean;
  verifySchnorr(digest: Uint8Array, publicKey: Uint8Array, signature: Uint8Array): boolean;
  xOnlyPointAddTweakCheck(point: Uint8Array, tweak: Uint8Array, result: Uint8Array, parity: number): boolean;
}

const MALFORMED: ReadonlySet<string> = new Set(["Expected Signature", "Expected Point", "Expected Tweak"]);

/**
 * libsecp256k1 as WebAssembly: runs on every platform, some ten times the speed of JavaScript.
 * @throws Error when the module cannot be compiled here
 */
export function loadWasmCurve(): Curve {
  // Loaded when asked for, not when imported: it compiles the module at once, and a failure must be catchable.
  const library = createRequire(import.meta.url)("tiny-secp256k1") as TinySecp256k1;
  return {
    name: "wasm",
    verifyEcdsa(signature, digest, publicKey) {
      const key = plainPublicKey(publicKey);
      if (key === undefined || !hasCheckableShape(signature, digest)) return false;
      return answerOrFalse(MALFORMED, () => library.verify(digest, key, signature));
    },
    verifySchnorr(signature, message, publicKey) {
      if (signature.length !== SIGNATURE_BYTES || publicKey.length !== X_ONLY_BYTES) return false;
      // The library knows messages of 32 bytes only, and takes r for a scalar, though it is a coordinate.
      if (message.length !== DIGEST_BYTES || readScalar(signature) >= GROUP_ORDER) {
        return nobleCurve.verifySchnorr(signature, message, publicKey);
      }
      return answerOrFalse(MALFORMED, () => library.verifySchnorr(message, publicKey, signature));
    },
    isTweaked(outputKey, outputParity, internalKey, tweak) {
      if (!isTweakShaped(outputKey, outputParity, internalKey, tweak)) return false;
      return answerOrFalse(MALFORMED, () =>
        library.xOnlyPointAddTweakCheck(internalKey, tweak, outputKey, outputParity),
      );
    },
  };
}
