import { equalBytes } from "@forkyard/core/bytes/bytes";
import type { Curve } from "@forkyard/core/ports/curve";
import { Point, verify } from "@noble/secp256k1";
import { isTweakShaped, schnorrClaim } from "./bip340.ts";
import { hasCheckableShape, plainPublicKey } from "./point-encoding.ts";
import { GROUP_ORDER, modGroupOrder, readScalar } from "./scalar.ts";

const COMPRESSED_EVEN = 2;
const COMPRESSED_ODD = 3;
/** What noble says of bytes that are no point; its other errors are faults. */
const NO_POINT = "bad point: not on curve";

/** The portable engine, in JavaScript: the slowest, and the one that the others must agree with. */
export const nobleCurve: Curve = {
  name: "noble",
  verifyEcdsa(signature, digest, publicKey) {
    const key = plainPublicKey(publicKey);
    if (key === undefined || !hasCheckableShape(signature, digest)) return false;
    return verify(signature, digest, key, { lowS: false, prehash: false });
  },
  verifySchnorr(signature, message, publicKey) {
    const claim = schnorrClaim(signature, message, publicKey);
    const key = claim === undefined ? undefined : evenPoint(publicKey);
    if (claim === undefined || key === undefined) return false;
    const commitment = timesBase(claim.s).add(times(key, modGroupOrder(-claim.challenge)));
    return !commitment.is0() && isEncoded(commitment, COMPRESSED_EVEN, claim.r);
  },
  isTweaked(outputKey, outputParity, internalKey, tweak) {
    if (!isTweakShaped(outputKey, outputParity, internalKey, tweak)) return false;
    const key = evenPoint(internalKey);
    const scalar = readScalar(tweak);
    if (key === undefined || scalar >= GROUP_ORDER) return false;
    const output = key.add(timesBase(scalar));
    return !output.is0() && isEncoded(output, outputParity === 1 ? COMPRESSED_ODD : COMPRESSED_EVEN, outputKey);
  },
};

/** The point with this x and an even y; undefined when there is none. */
function evenPoint(x: Uint8Array): Point | undefined {
  try {
    return Point.fromBytes(Uint8Array.of(COMPRESSED_EVEN, ...x));
  } catch (error) {
    if (error instanceof Error && error.message === NO_POINT) return undefined;
    throw error;
  }
}

function timesBase(scalar: bigint): Point {
  return times(Point.BASE, scalar);
}

/** Nothing here is secret, so the faster way that leaks its time will do. */
function times(point: Point, scalar: bigint): Point {
  return scalar === 0n ? Point.ZERO : point.multiplyUnsafe(scalar);
}

function isEncoded(point: Point, prefix: number, x: Uint8Array): boolean {
  const encoded = point.toBytes(true);
  return encoded[0] === prefix && equalBytes(encoded.subarray(1), x);
}
