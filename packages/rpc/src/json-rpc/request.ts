import { INVALID_REQUEST, RpcError } from "../errors.ts";
import { type Json, type JsonObject, typeOfJson } from "../json/json.ts";
import type { GivenArguments } from "./arguments.ts";

/** "1.0" is what bitcoind has always spoken (no version given, result and error always there); "2.0" follows its specification. */
export type ProtocolVersion = "1.0" | "2.0";

export interface RpcRequest {
  readonly version: ProtocolVersion;
  /** null when it has none. */
  readonly id: Json;
  /** A 2.0 request without an id: it is carried out but not answered. */
  readonly notification: boolean;
  readonly method: string;
  readonly params: GivenArguments;
}

/** What can be said of a request that may be malformed: enough to answer it. */
export type RequestEnvelope = Pick<RpcRequest, "version" | "id" | "notification">;

/** Reads version and id of whatever was sent, so that even a refusal is answered in the caller's protocol. */
export function readEnvelope(value: Json): RequestEnvelope {
  if (typeOfJson(value) !== "object") return { version: "1.0", id: null, notification: false };
  const members = value as JsonObject;
  const version = members["jsonrpc"] === "2.0" ? "2.0" : "1.0";
  const id = members["id"];
  return { version, id: id ?? null, notification: version === "2.0" && id === undefined };
}

/** @throws RpcError -32600 with bitcoind's messages */
export function readRequest(value: Json): RpcRequest {
  if (typeOfJson(value) !== "object") throw new RpcError(INVALID_REQUEST, "Invalid Request object");
  const members = value as JsonObject;
  checkVersion(members["jsonrpc"]);
  const method = members["method"];
  if (method === undefined || method === null) throw new RpcError(INVALID_REQUEST, "Missing method");
  if (typeof method !== "string") throw new RpcError(INVALID_REQUEST, "Method must be a string");
  return { ...readEnvelope(value), method, params: readParams(members["params"]) };
}

function checkVersion(version: Json | undefined): void {
  if (version === undefined || version === null) return;
  if (typeof version !== "string") throw new RpcError(INVALID_REQUEST, "jsonrpc field must be a string");
  if (version !== "1.0" && version !== "2.0") throw new RpcError(INVALID_REQUEST, "JSON-RPC version not supported");
}

function readParams(params: Json | undefined): GivenArguments {
  if (params === undefined || params === null) return [];
  const type = typeOfJson(params);
  if (type === "array" || type === "object") return params as GivenArguments;
  throw new RpcError(INVALID_REQUEST, "Params must be an array or object");
}
