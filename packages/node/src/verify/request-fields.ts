import { fromHex, isHex } from "@forkyard/core/bytes/bytes";
import { InputError } from "@forkyard/core/errors";
import { isHashString, type Txid } from "@forkyard/core/hash";

/** Fields of a question that came as JSON. All throw InputError with the field's name. */

export type Fields = Readonly<Record<string, unknown>>;

const MAX_VALUE = 2n ** 63n - 1n;
const MAX_U32 = 0xffffffff;

export function fieldsOf(value: unknown, name: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new InputError(`${name}: give an object`);
  return value as Fields;
}

export function listOf(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new InputError(`${name}: give a list`);
  return value;
}

export function bytesOf(value: unknown, name: string): Uint8Array {
  if (typeof value !== "string" || !isHex(value)) throw new InputError(`${name}: give hexadecimal digits`);
  return fromHex(value);
}

export function txidOf(value: unknown, name: string): Txid {
  if (typeof value !== "string" || !isHashString(value)) throw new InputError(`${name}: give 64 hexadecimal digits`);
  return value as Txid;
}

/** Satoshis; as text when they do not fit a JSON number. */
export function satoshisOf(value: unknown, name: string): bigint {
  const isWhole = (typeof value === "number" && Number.isSafeInteger(value)) || isWholeText(value);
  const satoshis = isWhole ? BigInt(value as number | string) : undefined;
  if (satoshis === undefined || satoshis > MAX_VALUE || satoshis < -MAX_VALUE - 1n) {
    throw new InputError(`${name}: give whole satoshis`);
  }
  return satoshis;
}

/** Unsigned 32-bit. */
export function u32Of(value: unknown, name: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > MAX_U32) {
    throw new InputError(`${name}: give a whole number from 0 to ${MAX_U32}`);
  }
  return value;
}

function isWholeText(value: unknown): boolean {
  return typeof value === "string" && /^-?\d{1,19}$/.test(value);
}
