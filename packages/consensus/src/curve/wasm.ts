import { createRequire } from "node:module";
import type { Curve } from "@forkyard/core/ports/curve";
import { answerOrFalse } from "./answer-or-false.ts";
import { hasCheckableShape, plainPublicKey } from "./point-encoding.ts";

/** The part used of the npm package `tiny-secp256k1`. Throws on malformed input; high S passes as `strict` is not set. */
interface TinySecp256k1 {
  verify(digest: Uint8Array, publicKey: Uint8Array, signature: Uint8Array): boolean;
}

const MALFORMED: ReadonlySet<string> = new Set(["Expected Signature", "Expected Point"]);

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
  };
}
