import { SCALAR_BYTES } from "./point-encoding.ts";

/** Order of the group of secp256k1. */
export const GROUP_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const LIMB_BITS = 64n;
const LIMB_BYTES = 8;

/** A big-endian number of 32 bytes. */
export function readScalar(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, SCALAR_BYTES);
  let value = 0n;
  for (let at = 0; at < SCALAR_BYTES; at += LIMB_BYTES) value = (value << LIMB_BITS) | view.getBigUint64(at);
  return value;
}

/** Writes a number below 2^256 big-endian into 32 bytes at `at`. */
export function writeScalar(target: Uint8Array, at: number, value: bigint): void {
  const view = new DataView(target.buffer, target.byteOffset + at, SCALAR_BYTES);
  let rest = value;
  for (let end = SCALAR_BYTES - LIMB_BYTES; end >= 0; end -= LIMB_BYTES) {
    view.setBigUint64(end, BigInt.asUintN(Number(LIMB_BITS), rest));
    rest >>= LIMB_BITS;
  }
}

/** Remainder in 0..n-1, for negative numbers too. */
export function modGroupOrder(value: bigint): bigint {
  const remainder = value % GROUP_ORDER;
  return remainder < 0n ? remainder + GROUP_ORDER : remainder;
}
