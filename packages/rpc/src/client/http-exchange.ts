import { type Agent, type IncomingMessage, request } from "node:http";

export interface HttpExchange {
  /** false for a connection of its own. */
  readonly agent: Agent | false;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** `user:password` */
  readonly credentials: string;
  /** Sent by POST as JSON; GET without it. */
  readonly body?: string;
  /** Longest silence of the server; 0 for no limit. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Sends a request and resolves with the response's head; its body is still to be read. Rejects with Node's errors.
 * A kept connection that the server closed just then is replaced by a new one once, so that only requests that may be
 * repeated belong on an agent that keeps connections.
 */
export async function openExchange(exchange: HttpExchange): Promise<IncomingMessage> {
  try {
    return await sendOnce(exchange);
  } catch (error) {
    if (error instanceof StaleConnectionError) return await sendOnce({ ...exchange, agent: false });
    throw error;
  }
}

async function sendOnce(exchange: HttpExchange): Promise<IncomingMessage> {
  return await new Promise<IncomingMessage>((resolve, reject) => {
    const { agent, host, port, path, body, timeoutMs, signal } = exchange;
    const outgoing = request({
      agent,
      host,
      port,
      path,
      method: body === undefined ? "GET" : "POST",
      timeout: timeoutMs,
      headers: {
        authorization: `Basic ${Buffer.from(exchange.credentials).toString("base64")}`,
        ...(body === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
      },
      ...(signal === undefined ? {} : { signal }),
    });
    outgoing.once("response", resolve);
    outgoing.once("timeout", () => outgoing.destroy(new TimeoutError(timeoutMs)));
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      const isStale = outgoing.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE");
      reject(isStale ? new StaleConnectionError() : error);
    });
    outgoing.end(body);
  });
}

/** A kept connection broke before any answer: the other end had closed it while it was idle, in all likelihood. */
class StaleConnectionError extends Error {
  override readonly name = "StaleConnectionError";
}

/** The server was silent for too long. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";

  constructor(timeoutMs: number) {
    super(`no answer for ${timeoutMs} ms`);
  }
}

/** The whole body as text. @throws RangeError when it is longer than `maxBytes` */
export async function readBody(response: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw new RangeError(`the answer is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The body line by line, as it arrives; a last line without its end is not one. */
export async function* readLines(response: IncomingMessage): AsyncGenerator<string, void, undefined> {
  let rest = "";
  response.setEncoding("utf8");
  for await (const chunk of response as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
