/** Small helpers on byte arrays: hex, order, equality. */

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += HEX[bytes[i] as number];
  return text;
}

/** Lower-case hexadecimal of the bytes in reverse order: how hashes are shown. */
export function toReversedHex(bytes: Uint8Array): string {
  let text = "";
  for (let i = bytes.length - 1; i >= 0; i--) text += HEX[bytes[i] as number];
  return text;
}

/** True for an even number of hexadecimal digits, the empty string included. */
export function isHex(text: string): boolean {
  return text.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(text);
}

/** Bytes of a hexadecimal string. @throws RangeError when it is not one; check untrusted text with {@link isHex}. */
export function fromHex(text: string): Uint8Array {
  if (!isHex(text)) throw new RangeError("not hexadecimal");
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = (nibble(text.charCodeAt(2 * i)) << 4) | nibble(text.charCodeAt(2 * i + 1));
  }
  return bytes;
}

/** Bytes of a hash as it is shown: {@link fromHex}, reversed. */
export function fromReversedHex(text: string): Uint8Array {
  return fromHex(text).reverse();
}

/** True when both hold the same bytes. Not constant-time: for public data only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Lexicographic order: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** One array with the bytes of all parts. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** The value of one hexadecimal digit given by its character code. */
function nibble(charCode: number): number {
  return charCode <= 57 ? charCode - 48 : (charCode | 32) - 87;
}
