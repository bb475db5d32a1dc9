/**
 * JSON with exact numbers. A number that comes in is kept as the text it was written with, and amounts go out as text with
 * eight decimals, so no amount ever passes through a binary fraction.
 */
import { formatCoins } from "@forkyard/core/units";
import { INVALID_REQUEST, PARSE_ERROR, RpcError } from "../errors.ts";
import { checkJsonShape } from "./json-shape.ts";

/** A number as its JSON text; made by {@link parseJson} and {@link exactNumber}. */
export interface JsonNumber {
  readonly rawJSON: string;
}

export type Json = null | boolean | number | string | JsonNumber | readonly Json[] | JsonObject;

/** Objects that were parsed have no prototype. Members that are undefined are not written. */
export interface JsonObject {
  readonly [member: string]: Json | undefined;
}

/** Names of JSON types as bitcoind's messages use them. */
export type JsonType = "null" | "bool" | "object" | "array" | "string" | "number";

/** The JSON source text access proposal, which Node 24 has and TypeScript's library not yet. */
interface JsonSourceText {
  rawJSON(text: string): JsonNumber;
  isRawJSON(value: unknown): value is JsonNumber;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
}
const sourceText: JsonSourceText = JSON as unknown as JsonSourceText;

/** @throws RpcError -32700 when it is not JSON or passes a limit, -32600 for a member called `__proto__` */
export function parseJson(text: string): Json {
  checkJsonShape(text);
  try {
    return sourceText.parse(text, reviveExactly) as Json;
  } catch (error) {
    if (error instanceof RpcError) throw error;
    throw new RpcError(PARSE_ERROR, "Parse error");
  }
}

export function writeJson(value: Json): string {
  return JSON.stringify(value);
}

/** An integer of any size, written as it is. */
export function exactNumber(value: bigint): JsonNumber {
  return sourceText.rawJSON(value.toString());
}

/** Satoshis as whole coins with eight decimals, a JSON number. */
export function coins(satoshis: bigint): JsonNumber {
  return sourceText.rawJSON(formatCoins(satoshis));
}

export function typeOfJson(value: Json): JsonType {
  if (value === null) return "null";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (typeof value === "number" || sourceText.isRawJSON(value)) return "number";
  return Array.isArray(value) ? "array" : "object";
}

/** The text of a number, as it was written. */
export function numberText(value: Json): string {
  return sourceText.isRawJSON(value) ? value.rawJSON : JSON.stringify(value);
}

/** Keeps numbers as text and takes the prototype off objects, so that a look-up finds only what was sent. */
function reviveExactly(key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (key === "__proto__") throw new RpcError(INVALID_REQUEST, 'A member may not be called "__proto__"');
  if (typeof value === "number") return sourceText.rawJSON(context.source ?? String(value));
  if (typeof value === "object" && value !== null && !Array.isArray(value) && !sourceText.isRawJSON(value)) {
    return Object.setPrototypeOf(value, null);
  }
  return value;
}
