import { readFile } from "node:fs/promises";
import { Agent, type IncomingMessage } from "node:http";
import { InputError } from "@forkyard/core/errors";
import type { Timers } from "@forkyard/core/ports/clock";
import { CLIENT_CALL_TIMEOUT_MS, CLIENT_MAX_CONNECTIONS } from "../limits.ts";
import { explainConnection } from "./call-error.ts";
import { openExchange, TimeoutError } from "./http-exchange.ts";

export interface RpcClientOptions {
  /** On 127.0.0.1. */
  readonly port: number;
  /** The node's `.cookie` file; read at the first call and again after the node made a new one. */
  readonly cookiePath: string;
  readonly timers: Timers;
}

export interface CallOptions {
  /** Longest silence of the node; calls that mine or wait need more than the default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** One HTTP request to the node; `purpose` names it in errors. */
export interface NodeRequest extends CallOptions {
  readonly path: string;
  readonly purpose: string;
  /** Sent by POST; GET without it. */
  readonly body?: string;
  /** Sending it twice does no harm. */
  readonly repeatable: boolean;
}

const LOOPBACK = "127.0.0.1";
const UNAUTHORIZED = 401;

/**
 * The way to one node, and the cookie. Calls that may be repeated use kept connections, which can turn out to be closed;
 * the others get a new connection each and are sent once: a payment must not go out twice. So does each stream.
 */
export class NodeConnection {
  readonly timers: Timers;
  readonly address: string;
  readonly #options: RpcClientOptions;
  readonly #keptConnections = new Agent({ keepAlive: true, maxSockets: CLIENT_MAX_CONNECTIONS });
  readonly #newConnections = new Agent({ keepAlive: false, maxSockets: CLIENT_MAX_CONNECTIONS });
  #credentials: string | undefined;

  constructor(options: RpcClientOptions) {
    this.#options = options;
    this.timers = options.timers;
    this.address = `${LOOPBACK}:${options.port}`;
  }

  /**
   * Sends with the cookie; once more with the cookie read anew when the node refuses it, as a restart makes a new one.
   * @throws InputError when the node cannot be reached or refuses the cookie
   */
  async exchange(request: NodeRequest): Promise<IncomingMessage> {
    const first = await this.#send(request);
    if (first.statusCode !== UNAUTHORIZED) return first;
    first.resume();
    this.#credentials = undefined;
    const second = await this.#send(request);
    if (second.statusCode !== UNAUTHORIZED) return second;
    second.resume();
    const { cookiePath } = this.#options;
    throw new InputError(`the node at ${this.address} refuses the cookie ${cookiePath}: it belongs to another node`);
  }

  close(): void {
    this.#keptConnections.destroy();
    this.#newConnections.destroy();
  }

  async #send(request: NodeRequest): Promise<IncomingMessage> {
    this.#credentials ??= await readCookie(this.#options.cookiePath);
    const { path, body, repeatable, signal, timeoutMs = CLIENT_CALL_TIMEOUT_MS } = request;
    const callAgent = repeatable ? this.#keptConnections : this.#newConnections;
    try {
      return await openExchange({
        agent: body === undefined ? false : callAgent,
        host: LOOPBACK,
        port: this.#options.port,
        path,
        credentials: this.#credentials,
        timeoutMs,
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      if (error instanceof TimeoutError) {
        throw new InputError(`the node at ${this.address} did not answer ${request.purpose}: ${error.message}`);
      }
      throw explainConnection(error, this.address);
    }
  }
}

async function readCookie(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ENOENT") throw error;
    throw new InputError(`there is no cookie file ${path}: the node is not running, or its data folder is another one`);
  }
}
