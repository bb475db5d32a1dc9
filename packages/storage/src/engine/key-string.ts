import { Buffer } from "node:buffer";

/** A key as a map key: one character a byte. */
export function keyString(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}
