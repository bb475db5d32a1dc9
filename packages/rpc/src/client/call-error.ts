import { InputError } from "@forkyard/core/errors";

/** The node answered a call with an error; `code` is bitcoind's. */
export class RpcCallError extends Error {
  override readonly name = "RpcCallError";
  readonly code: number;
  readonly method: string;

  constructor(method: string, code: number, message: string) {
    super(message);
    this.method = method;
    this.code = code;
  }
}

/** What a person can do about a node that cannot be reached; other errors as they are. */
export function explainConnection(error: unknown, address: string): unknown {
  const code = (error as { code?: unknown }).code;
  if (code === "ECONNREFUSED") {
    return new InputError(`no node answers at ${address}: start one (forkyard up) or give the port it listens on`);
  }
  if (code === "ECONNRESET" || code === "EPIPE") {
    return new InputError(`the node at ${address} closed the connection: it is stopping or was killed`);
  }
  return error;
}
