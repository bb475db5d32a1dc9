/** Small helpers on byte arrays: hex, order, equality. */

/** Character codes of the sixteen digits. */
const DIGITS: Uint8Array = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));
const NOT_A_DIGIT = 0x80;
/** Value of a hexadecimal digit by its character code; NOT_A_DIGIT for what is none. */
const NIBBLES: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => nibbleOf(code));
/** Bytes that are written at once: a string made from codes in one call is flat, one that grew digit by digit is not. */
const HEX_CHUNK_BYTES = 1_024;

/** Lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  if (bytes.length <= HEX_CHUNK_BYTES) return hexOf(bytes, 0, bytes.length, 1);
  let text = "";
  for (let at = 0; at < bytes.length; at += HEX_CHUNK_BYTES) {
    text += hexOf(bytes, at, Math.min(HEX_CHUNK_BYTES, bytes.length - at), 1);
  }
  return text;
}

/** Lower-case hexadecimal of the bytes in reverse order: how hashes are shown. For hashes only, not for long arrays. */
export function toReversedHex(bytes: Uint8Array): string {
  return hexOf(bytes, bytes.length - 1, bytes.length, -1);
}

/** {@link toReversedHex} of `length` bytes from `start` on. */
export function toReversedHexAt(bytes: Uint8Array, start: number, length: number): string {
  return hexOf(bytes, start + length - 1, length, -1);
}

/** True for an even number of hexadecimal digits, the empty string included. */
export function isHex(text: string): boolean {
  return text.length % 2 === 0 && /^[0-9a-fA-F]*$/.test(text);
}

/** Bytes of a hexadecimal string. @throws RangeError when it is not one; check untrusted text with {@link isHex}. */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >>> 1);
  let faults = text.length & 1;
  for (let i = 0; i < bytes.length; i++) {
    const high = digitAt(text, 2 * i);
    const low = digitAt(text, 2 * i + 1);
    faults |= (high | low) & NOT_A_DIGIT;
    bytes[i] = (high << 4) | low;
  }
  if (faults !== 0) throw new RangeError("not hexadecimal");
  return bytes;
}

/** Bytes of a hash as it is shown: {@link fromHex}, reversed. @throws RangeError as that */
export function fromReversedHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >>> 1);
  writeReversedHex(bytes, 0, text);
  return bytes;
}

/** Writes the bytes of a hash as it is shown, from offset `at` on; there must be room. @throws RangeError as {@link fromHex} */
export function writeReversedHex(target: Uint8Array, at: number, text: string): void {
  let faults = text.length & 1;
  const count = text.length >>> 1;
  for (let i = 0; i < count; i++) {
    const code = 2 * (count - 1 - i);
    const high = digitAt(text, code);
    const low = digitAt(text, code + 1);
    faults |= (high | low) & NOT_A_DIGIT;
    target[at + i] = (high << 4) | low;
  }
  if (faults !== 0) throw new RangeError("not hexadecimal");
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

/** `count` bytes from `at` on in steps of 1 or -1. */
function hexOf(bytes: Uint8Array, at: number, count: number, step: number): string {
  const codes: number[] = [];
  for (let i = 0; i < count; i++) {
    const byte = bytes[at + i * step] as number;
    codes.push(DIGITS[byte >>> 4] as number, DIGITS[byte & 0x0f] as number);
  }
  return String.fromCharCode.apply(undefined, codes);
}

/** Value of the digit at `index`; with {@link NOT_A_DIGIT} set when it is none. */
function digitAt(text: string, index: number): number {
  return NIBBLES[text.charCodeAt(index)] ?? NOT_A_DIGIT;
}

function nibbleOf(charCode: number): number {
  const value = Number.parseInt(String.fromCharCode(charCode), 16);
  return Number.isNaN(value) ? NOT_A_DIGIT : value;
}
