import { MAX_SCRIPT_NUMBER_BYTES } from "./limits.ts";
import { demand } from "./script-error.ts";

/** A number of this many bytes is exact in a double; the machine reads five at most. */
const MAX_EXACT_BYTES = 6;

/**
 * Reads a stack element as a number: little-endian magnitude, sign in the top bit of the last byte.
 * Four bytes in, so every sum or difference fits a double exactly.
 * @throws ScriptFailure SCRIPTNUM when it is longer than `maxBytes`, or not in its shortest form while `minimal` asks for it.
 */
export function readScriptNumber(
  element: Uint8Array,
  minimal: boolean,
  maxBytes: number = MAX_SCRIPT_NUMBER_BYTES,
): number {
  demand(element.length <= Math.min(maxBytes, MAX_EXACT_BYTES), "SCRIPTNUM");
  demand(!minimal || isMinimalNumber(element), "SCRIPTNUM");
  const lastIndex = element.length - 1;
  if (lastIndex < 0) return 0;
  const last = element[lastIndex] as number;
  let magnitude = last & 0x7f;
  for (let i = lastIndex - 1; i >= 0; i--) magnitude = magnitude * 256 + (element[i] as number);
  return (last & 0x80) === 0 || magnitude === 0 ? magnitude : -magnitude;
}

/** The shortest stack element for a whole number; empty for zero. */
export function writeScriptNumber(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = Math.abs(value); rest > 0; rest = Math.floor(rest / 256)) bytes.push(rest % 256);
  const last = bytes.length - 1;
  if (((bytes[last] ?? 0) & 0x80) !== 0) bytes.push(value < 0 ? 0x80 : 0);
  else if (value < 0) bytes[last] = (bytes[last] as number) | 0x80;
  return Uint8Array.from(bytes);
}

/** Shortest form: the last byte holds more than the sign, unless the one before needs its top bit. */
function isMinimalNumber(element: Uint8Array): boolean {
  const last = element.at(-1);
  if (last === undefined || (last & 0x7f) !== 0) return true;
  return ((element.at(-2) ?? 0) & 0x80) !== 0;
}
