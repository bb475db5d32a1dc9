import { HEADER_BYTES } from "@forkyard/core/limits";

/** The nonce is the last field of a header: 32 bits, little-endian. */
const NONCE_OFFSET: number = HEADER_BYTES - 4;

/** The same 80 bytes with another nonce. */
export function withNonce(header: Uint8Array, nonce: number): Uint8Array {
  const changed = header.slice();
  new DataView(changed.buffer).setUint32(NONCE_OFFSET, nonce, true);
  return changed;
}
