import type { Curve } from "@forkyard/core/ports/curve";
import { verify } from "@noble/secp256k1";
import { hasCheckableShape, plainPublicKey } from "./point-encoding.ts";

/** The portable engine, in JavaScript: the slowest, and the one that the others must agree with. */
export const nobleCurve: Curve = {
  name: "noble",
  verifyEcdsa(signature, digest, publicKey) {
    const key = plainPublicKey(publicKey);
    if (key === undefined || !hasCheckableShape(signature, digest)) return false;
    return verify(signature, digest, key, { lowS: false, prehash: false });
  },
};
