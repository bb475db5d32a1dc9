/** The client that the command line and the devnet use: typed calls and the event stream of one node. */
import type { IncomingMessage } from "node:http";
import { InputError } from "@forkyard/core/errors";
import { printable } from "@forkyard/core/printable";
import { explainConnection, RpcCallError } from "./client/call-error.ts";
import { followEvents } from "./client/follow-events.ts";
import { readBody } from "./client/http-exchange.ts";
import { type CallOptions, NodeConnection, type RpcClientOptions } from "./client/node-connection.ts";
import { isRepeatable } from "./client/repeatable.ts";
import { CLIENT_MAX_ANSWER_BYTES } from "./limits.ts";
import type { StreamLine } from "./schema/events.ts";

/** By position or by name; amounts as decimal strings are exact. */
export type CallParams = readonly unknown[] | Readonly<Record<string, unknown>>;

export interface EventsOptions {
  /** First event wanted; 1 for all that are kept. Only new ones when left out. */
  readonly from?: number;
  /** Ends the iteration. */
  readonly signal: AbortSignal;
}

const OK = 200;
const MAX_REASON_CHARACTERS = 200;

/** A client for the node on this machine that listens on `port`; connects at the first call. */
export function connectRpc(options: RpcClientOptions): RpcClient {
  return new RpcClient(new NodeConnection(options), "/");
}

/** Made by {@link connectRpc}. */
export class RpcClient {
  readonly #connection: NodeConnection;
  readonly #path: string;

  constructor(connection: NodeConnection, path: string) {
    this.#connection = connection;
    this.#path = path;
  }

  /** The same node, calls at `/wallet/NAME`. */
  wallet(name: string): RpcClient {
    return new RpcClient(this.#connection, `/wallet/${encodeURIComponent(name)}`);
  }

  /**
   * @throws RpcCallError what the node answered
   * @throws InputError when the node cannot be reached, refuses the cookie or has too much to do
   */
  async call<T>(method: string, params: CallParams = [], options: CallOptions = {}): Promise<T> {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const request = { path: this.#path, purpose: method, body, repeatable: isRepeatable(method), ...options };
    const response = await this.#connection.exchange(request);
    const text = await readBody(response, CLIENT_MAX_ANSWER_BYTES).catch((error: unknown) => {
      throw explainConnection(error, this.#connection.address);
    });
    if (response.statusCode !== OK) throw this.#httpError(method, response.statusCode, text);
    return resultOf<T>(method, text);
  }

  /**
   * Events as they happen. When the connection breaks it is opened again where it broke, so nothing is lost that the node
   * still keeps. Only the first attempt to connect may throw.
   */
  events(options: EventsOptions): AsyncGenerator<StreamLine, void, undefined> {
    const open = async (from: number | undefined): Promise<IncomingMessage> => {
      const path = from === undefined ? "/events" : `/events?from=${from}`;
      const { signal } = options;
      const response = await this.#connection.exchange({
        path,
        purpose: "/events",
        repeatable: true,
        timeoutMs: 0,
        signal,
      });
      if (response.statusCode === OK) return response;
      throw this.#httpError("/events", response.statusCode, await readBody(response, CLIENT_MAX_ANSWER_BYTES));
    };
    return followEvents(open, this.#connection.timers, options);
  }

  /** Closes kept connections; event streams end by their own signal. */
  close(): void {
    this.#connection.close();
  }

  #httpError(purpose: string, status: number | undefined, text: string): InputError {
    const reason = printable(text.trim(), MAX_REASON_CHARACTERS);
    const { address } = this.#connection;
    return new InputError(`the node at ${address} refused ${purpose} with HTTP status ${status}: ${reason}`);
  }
}

function resultOf<T>(method: string, text: string): T {
  const answer = JSON.parse(text) as { result?: T; error?: { code: number; message: string } | null };
  if (answer.error !== undefined && answer.error !== null) {
    throw new RpcCallError(method, answer.error.code, answer.error.message);
  }
  return answer.result as T;
}
