/** bitcoind's RPC error codes (Bitcoin Core `rpc/protocol.h`) and the error that carries one. */
import { DecodeError, InputError, RuleError } from "@forkyard/core/errors";

export const INVALID_REQUEST: number = -32600;
export const METHOD_NOT_FOUND: number = -32601;
export const INVALID_PARAMS: number = -32602;
export const INTERNAL_ERROR: number = -32603;
export const PARSE_ERROR: number = -32700;

export const MISC_ERROR: number = -1;
export const TYPE_ERROR: number = -3;
export const WALLET_ERROR: number = -4;
export const INVALID_ADDRESS_OR_KEY: number = -5;
export const WALLET_INSUFFICIENT_FUNDS: number = -6;
export const INVALID_PARAMETER: number = -8;
export const WALLET_NOT_FOUND: number = -18;
export const WALLET_NOT_SPECIFIED: number = -19;
export const DESERIALIZATION_ERROR: number = -22;
export const NODE_ALREADY_ADDED: number = -23;
export const NODE_NOT_ADDED: number = -24;
export const VERIFY_ERROR: number = -25;
export const VERIFY_REJECTED: number = -26;
export const ALREADY_IN_CHAIN: number = -27;
export const IN_WARMUP: number = -28;
export const NODE_NOT_CONNECTED: number = -29;

/** A failed call, as the caller sees it. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** The answer to a failure; undefined for what is no answer but a fault of the node. */
export function answerOf(error: unknown): RpcError | undefined {
  if (error instanceof RpcError) return error;
  if (error instanceof InputError) return new RpcError(INVALID_PARAMETER, error.message);
  if (error instanceof RuleError) return new RpcError(VERIFY_REJECTED, describeRejection(error));
  if (error instanceof DecodeError) return new RpcError(DESERIALIZATION_ERROR, error.message);
  return undefined;
}

/** Reject reason, then what explains it, as Bitcoin Core's `ValidationState::ToString` joins them. */
export function describeRejection(error: RuleError): string {
  const details = Object.entries(error.data).map(([key, value]) => `${key}=${value}`);
  return [error.code, ...details].join(", ");
}
