/** What a method takes: each parameter says which JSON it expects and reads it, or answers bitcoind's error. */
import { isHex } from "@forkyard/core/bytes/bytes";
import { isHashString } from "@forkyard/core/hash";
import { printable } from "@forkyard/core/printable";
import { COIN, MAX_MONEY } from "@forkyard/core/units";
import { INVALID_PARAMETER, MISC_ERROR, RpcError, TYPE_ERROR } from "./errors.ts";
import { type Json, type JsonObject, type JsonType, numberText, typeOfJson } from "./json/json.ts";

/** How to read one kind of value. `expects` is empty when `read` itself judges the type. */
export interface Kind<T> {
  readonly expects: readonly JsonType[];
  /** Shown in help. */
  readonly label: string;
  read(value: Json, name: string): T;
}

export interface Param<T> {
  readonly kind: Kind<T>;
  readonly required: boolean;
  /** Value when it is not given or null. */
  readonly fallback: T;
  readonly about: string;
  /** An older name that is understood too. */
  readonly alias?: string;
}

export type Params = Readonly<Record<string, Param<unknown>>>;

/** Values of the parameters by name. */
export type Arguments<P extends Params> = { readonly [K in keyof P]: P[K] extends Param<infer T> ? T : never };

export function required<T>(kind: Kind<T>, about: string): Param<T> {
  return { kind, required: true, fallback: undefined as T, about };
}

export function optional<T, F>(kind: Kind<T>, fallback: F, about: string, alias?: string): Param<T | F> {
  const widened = kind as Kind<T | F>;
  return { kind: widened, required: false, fallback, about, ...(alias === undefined ? {} : { alias }) };
}

export const text: Kind<string> = { expects: ["string"], label: "string", read: (value) => value as string };

export const flag: Kind<boolean> = { expects: ["bool"], label: "boolean", read: (value) => value as boolean };

export const object: Kind<JsonObject> = { expects: ["object"], label: "object", read: (value) => value as JsonObject };

export const anything: Kind<Json> = { expects: [], label: "any", read: (value) => value };

/** A whole number of 32 bits, as bitcoind's `getInt<int>`. */
export const integer: Kind<number> = { expects: ["number"], label: "numeric", read: readInteger };

/** A number or a boolean that stands for 1 or 0 (bitcoind's older `verbose`). */
export const verbosity: Kind<number> = {
  expects: ["number", "bool"],
  label: "numeric or boolean",
  read: (value) => (typeof value === "boolean" ? Number(value) : readInteger(value)),
};

/** A number that may have a fraction and is no amount. */
export const real: Kind<number> = {
  expects: ["number"],
  label: "numeric",
  read: (value) => Number(numberText(value)),
};

/** A fee rate in satoshis per virtual byte with at most eight decimals, a number or a string as with bitcoind. */
export const satoshisPerByte: Kind<number> = {
  expects: [],
  label: "numeric or string",
  read: (value) => Number(readAmount(value)) / 1e8,
};

/** Coins with at most eight decimals, a number or a string; gives satoshis. */
export const amount: Kind<bigint> = { expects: [], label: "numeric or string", read: readAmount };

/** 64 hexadecimal digits in display order. */
export function hash<T extends string>(): Kind<T> {
  return { expects: ["string"], label: "string", read: (value, name) => readHash(value as string, name) as T };
}

export function listOf<T>(kind: Kind<T>): Kind<readonly T[]> {
  return {
    expects: ["array"],
    label: `array of ${kind.label}`,
    read: (value, name) => (value as readonly Json[]).map((element) => readChecked(kind, element, name)),
  };
}

/** Reads a value after checking its type. @throws RpcError -3 */
export function readChecked<T>(kind: Kind<T>, value: Json, name: string): T {
  const mismatch = typeMismatch(kind, value);
  if (mismatch !== undefined) throw new RpcError(TYPE_ERROR, mismatch);
  return kind.read(value, name);
}

/** bitcoind's words for a wrong type; undefined when it fits. */
export function typeMismatch(kind: Kind<unknown>, value: Json): string | undefined {
  const type = typeOfJson(value);
  if (kind.expects.length === 0 || kind.expects.includes(type)) return undefined;
  return `JSON value of type ${type} is not of expected type ${kind.expects[0]}`;
}

function readInteger(value: Json): number {
  const written = numberText(value);
  const parsed = /^-?\d{1,10}$/.test(written) ? Number(written) : Number.NaN;
  if (!(parsed >= -0x80000000 && parsed <= 0x7fffffff)) throw new RpcError(MISC_ERROR, "JSON integer out of range");
  return parsed;
}

/** Bitcoin Core `AmountFromValue`; exponents are understood as there. */
function readAmount(value: Json): bigint {
  const type = typeOfJson(value);
  if (type !== "number" && type !== "string") throw new RpcError(TYPE_ERROR, "Amount is not a number or string");
  const written = type === "string" ? (value as string) : numberText(value);
  const satoshis = parseFixedPoint(written);
  if (satoshis === undefined) throw new RpcError(TYPE_ERROR, "Invalid amount");
  if (satoshis < 0n || satoshis > MAX_MONEY) throw new RpcError(TYPE_ERROR, "Amount out of range");
  return satoshis;
}

const MAX_AMOUNT_CHARACTERS = 32;
const COIN_DECIMALS = 8;

/** A JSON number in units of 1e-8; undefined when it is none or has a finer part. */
export function parseFixedPoint(written: string): bigint | undefined {
  if (written.length > MAX_AMOUNT_CHARACTERS) return undefined;
  const match = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,2}))?$/.exec(written);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const digits = BigInt(whole + fraction);
  const shift = COIN_DECIMALS + Number(exponent) - fraction.length;
  const scale = 10n ** BigInt(Math.abs(shift));
  if (shift < 0 && digits % scale !== 0n) return undefined;
  const magnitude = shift < 0 ? digits / scale : digits * scale;
  return sign === "-" ? -magnitude : magnitude;
}

/** Bitcoin Core `ParseHashV`. */
function readHash(written: string, name: string): string {
  const shown = printable(written);
  if (written.length !== 64) {
    throw new RpcError(INVALID_PARAMETER, `${name} must be of length 64 (not ${written.length}, for '${shown}')`);
  }
  const lowerCase = written.toLowerCase();
  if (!isHex(written) || !isHashString(lowerCase)) {
    throw new RpcError(INVALID_PARAMETER, `${name} must be hexadecimal string (not '${shown}')`);
  }
  return lowerCase;
}

/** A fee rate in coins per 1000 virtual bytes above this is taken for a mistake (Bitcoin Core `ParseFeeRate`). */
const MAX_FEE_RATE = COIN;

/** Coins per 1000 virtual bytes, below 1; gives satoshis per 1000 virtual bytes. */
export const feeRate: Kind<bigint> = {
  expects: [],
  label: "numeric or string",
  read: (value) => {
    const rate = readAmount(value);
    if (rate < MAX_FEE_RATE) return rate;
    throw new RpcError(INVALID_PARAMETER, "Fee rates larger than or equal to 1BTC/kvB are not accepted");
  },
};
