import { crc32 } from "node:zlib";
import { DecodeError } from "@forkyard/core/errors";

const CHECKSUM_BYTES = 4;

/**
 * The value as it is stored: followed by CRC-32 over key and value. LevelDB does not verify what it reads here, and a
 * flipped bit shows itself neither on opening nor on reading; this catches it, and a value read under a wrong key.
 */
export function seal(key: Uint8Array, value: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(value.length + CHECKSUM_BYTES);
  sealed.set(value);
  const sum = checksum(key, value);
  for (let i = 0; i < CHECKSUM_BYTES; i++) sealed[value.length + i] = sum >>> (8 * i);
  return sealed;
}

/** A view of the value inside what {@link seal} made. @throws DecodeError when the checksum does not fit. */
export function unseal(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  const length = sealed.length - CHECKSUM_BYTES;
  if (length < 0) throw new DecodeError("a record shorter than its checksum", sealed.length);
  const value = sealed.subarray(0, length);
  const sum = checksum(key, value);
  for (let i = 0; i < CHECKSUM_BYTES; i++) {
    if (sealed[length + i] !== ((sum >>> (8 * i)) & 0xff)) {
      throw new DecodeError("checksum of key and value does not fit", length);
    }
  }
  return value;
}

function checksum(key: Uint8Array, value: Uint8Array): number {
  return crc32(value, crc32(key));
}
