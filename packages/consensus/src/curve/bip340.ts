import { taggedHash } from "@forkyard/core/tagged-hash";
import { SCALAR_BYTES, SIGNATURE_BYTES } from "./point-encoding.ts";
import { GROUP_ORDER, modGroupOrder, readScalar } from "./scalar.ts";

/** Bytes of a public key that is x alone. */
export const X_ONLY_BYTES = 32;

const challengeHash = taggedHash("BIP0340/challenge");

/** What a BIP340 signature says, taken apart. It is valid when s·G - e·P is the point of even y whose x is `r`. */
export interface SchnorrClaim {
  /** 32 bytes. */
  readonly r: Uint8Array;
  readonly s: bigint;
  /** The challenge e. */
  readonly challenge: bigint;
}

/** The claim, or undefined when lengths or s rule it out. */
export function schnorrClaim(
  signature: Uint8Array,
  message: Uint8Array,
  publicKey: Uint8Array,
): SchnorrClaim | undefined {
  if (signature.length !== SIGNATURE_BYTES || publicKey.length !== X_ONLY_BYTES) return undefined;
  const r = signature.subarray(0, SCALAR_BYTES);
  const s = readScalar(signature.subarray(SCALAR_BYTES));
  if (s >= GROUP_ORDER) return undefined;
  return { r, s, challenge: modGroupOrder(readScalar(challengeHash(r, publicKey, message))) };
}

/** True when all of a tweak check's inputs have their length and the parity is one. */
export function isTweakShaped(
  outputKey: Uint8Array,
  outputParity: number,
  internalKey: Uint8Array,
  tweak: Uint8Array,
): boolean {
  const lengthsFit =
    outputKey.length === X_ONLY_BYTES && internalKey.length === X_ONLY_BYTES && tweak.length === SCALAR_BYTES;
  return lengthsFit && (outputParity === 0 || outputParity === 1);
}
