import { fromHex } from "@forkyard/core/bytes/bytes";

/** ECDSA signatures as DER: SEQUENCE { INTEGER r, INTEGER s }. */

const SEQUENCE_TAG = 0x30;
const INTEGER_TAG = 0x02;
const SCALAR_BYTES = 32;
/** Smallest: two integers of one byte. Largest: two of 33. Both with the hash-type byte. */
const MIN_SIGNATURE_BYTES = 9;
const MAX_SIGNATURE_BYTES = 73;

/** Order of the group, big-endian. */
const GROUP_ORDER: Uint8Array = fromHex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
const HALF_GROUP_ORDER: Uint8Array = fromHex("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

/**
 * True for strict DER as BIP66 has it.
 * @param signature with its hash-type byte
 */
export function isStrictDer(signature: Uint8Array): boolean {
  const size = signature.length;
  if (size < MIN_SIGNATURE_BYTES || size > MAX_SIGNATURE_BYTES) return false;
  if (signature[0] !== SEQUENCE_TAG || signature[1] !== size - 3) return false;
  const rBytes = signature[3] as number;
  if (5 + rBytes >= size) return false;
  const sBytes = signature[5 + rBytes] as number;
  if (rBytes + sBytes + 7 !== size) return false;
  return isStrictInteger(signature, 2, rBytes) && isStrictInteger(signature, 4 + rBytes, sBytes);
}

/** An integer whose tag is at `at`: not empty, not negative, no needless zero in front. */
function isStrictInteger(signature: Uint8Array, at: number, length: number): boolean {
  if (signature[at] !== INTEGER_TAG || length === 0) return false;
  const first = signature[at + 2] as number;
  const second = signature[at + 3] as number;
  if ((first & 0x80) !== 0) return false;
  return !(length > 1 && first === 0 && (second & 0x80) === 0);
}

/**
 * Reads a signature the forgiving way in which blocks before BIP66 were checked: any length form, negative or padded
 * integers, bytes after the end. Numbers that are no scalars give zeros, which no key verifies.
 * @param der without the hash-type byte
 * @returns r and s, 32 bytes each, big-endian; undefined when not even this reads it
 */
export function parseLaxDer(der: Uint8Array): Uint8Array | undefined {
  const start = skipSequenceHeader(der);
  const r = start === undefined ? undefined : readLaxInteger(der, start);
  const s = r === undefined ? undefined : readLaxInteger(der, r.end);
  if (r === undefined || s === undefined) return undefined;
  const signature = new Uint8Array(2 * SCALAR_BYTES);
  const fits = putScalar(signature, 0, r.magnitude) && putScalar(signature, SCALAR_BYTES, s.magnitude);
  return fits ? signature : new Uint8Array(2 * SCALAR_BYTES);
}

/**
 * True when S is above half the group order, so that its negative would be the shorter way to write the signature.
 * @param signature r and s, 32 bytes each
 */
export function hasHighS(signature: Uint8Array): boolean {
  return compareScalar(signature, SCALAR_BYTES, HALF_GROUP_ORDER) > 0;
}

/** Where the first integer starts. The length of the whole is read over but not believed. */
function skipSequenceHeader(der: Uint8Array): number | undefined {
  const lengthByte = der[1];
  if (der[0] !== SEQUENCE_TAG || lengthByte === undefined) return undefined;
  const moreLengthBytes = (lengthByte & 0x80) === 0 ? 0 : lengthByte - 0x80;
  const start = 2 + moreLengthBytes;
  return start > der.length ? undefined : start;
}

interface LaxInteger {
  /** Big-endian, zeros in front stripped, the sign ignored. */
  readonly magnitude: Uint8Array;
  readonly end: number;
}

function readLaxInteger(der: Uint8Array, at: number): LaxInteger | undefined {
  if (der[at] !== INTEGER_TAG) return undefined;
  const length = readLaxLength(der, at + 1);
  if (length === undefined || length.value > der.length - length.end) return undefined;
  const end = length.end + length.value;
  let from = length.end;
  while (from < end && der[from] === 0) from++;
  return { magnitude: der.subarray(from, end), end };
}

/** A length of one byte, or 0x80 plus the number of bytes that follow: zeros, then three at most. */
function readLaxLength(der: Uint8Array, at: number): { value: number; end: number } | undefined {
  const first = der[at];
  if (first === undefined) return undefined;
  if ((first & 0x80) === 0) return { value: first, end: at + 1 };
  const end = at + 1 + (first - 0x80);
  if (end > der.length) return undefined;
  let from = at + 1;
  while (from < end && der[from] === 0) from++;
  if (end - from >= 4) return undefined;
  let value = 0;
  for (; from < end; from++) value = value * 256 + (der[from] as number);
  return { value, end };
}

/** Writes a number right-aligned into 32 bytes; false when it is not below the group order. */
function putScalar(target: Uint8Array, at: number, magnitude: Uint8Array): boolean {
  if (magnitude.length > SCALAR_BYTES) return false;
  target.set(magnitude, at + SCALAR_BYTES - magnitude.length);
  return compareScalar(target, at, GROUP_ORDER) < 0;
}

function compareScalar(bytes: Uint8Array, at: number, other: Uint8Array): number {
  for (let i = 0; i < SCALAR_BYTES; i++) {
    const difference = (bytes[at + i] as number) - (other[i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
