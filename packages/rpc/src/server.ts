/** The HTTP server of a node: JSON-RPC at `/` and `/wallet/NAME`, the event stream at `/events`. */

import { AssertionFault, InputError } from "@forkyard/core/errors";
import type { Log } from "@forkyard/core/ports/log";
import type { Random } from "@forkyard/core/ports/random";
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { cookiePathOf, newCredentials, removeCookie, writeCookie } from "./http/cookie.ts";
import { EventStream } from "./http/event-stream.ts";
import { refuseForeign } from "./http/guard.ts";
import { Login } from "./http/login.ts";
import { type HttpRefusal, LOCKED, NO_STREAM_LEFT, QUEUE_FULL, UNAUTHORIZED } from "./http/refusal.ts";
import { writeJson } from "./json/json.ts";
import { RpcExecutor } from "./json-rpc/execute.ts";
import * as limits from "./limits.ts";
import { METHODS } from "./methods/table.ts";
import type { NodeApi } from "./node-api.ts";

export interface RpcServerOptions {
  readonly node: NodeApi;
  /** TCP port on 127.0.0.1; 0 lets the system choose. */
  readonly port: number;
  /** Where the cookie file is put. */
  readonly dataFolder: string;
  readonly random: Random;
  readonly log: Log;
  /** Web pages that may call, such as `http://127.0.0.1:5173`; none by default. */
  readonly allowedOrigins?: readonly string[];
  /** Told of failures that are the node's own; the caller only hears that there was one. */
  readonly onFault: (error: unknown, method: string) => void;
}

const LOOPBACK = "127.0.0.1";
const JSON_TYPE = "application/json";

/**
 * Starts to answer.
 * @throws InputError when the port is taken or may not be used
 */
export async function startRpcServer(options: RpcServerOptions): Promise<RpcServer> {
  const server = new RpcServer(options);
  await server.start();
  return server;
}

/** Made once: the reason that an abort makes by itself costs as much as a small call. */
const CALLER_GONE = new Error("the answer was sent, or the caller has gone");

/** Made by {@link startRpcServer}. */
export class RpcServer {
  readonly cookiePath: string;
  readonly #options: RpcServerOptions;
  readonly #credentials: string;
  readonly #login: Login;
  readonly #executor: RpcExecutor;
  readonly #allowedOrigins: ReadonlySet<string>;
  readonly #http: FastifyInstance;
  readonly #streams = new Set<EventStream>();
  readonly #calls = new Set<AbortController>();
  #port = 0;

  constructor(options: RpcServerOptions) {
    this.#options = options;
    this.cookiePath = cookiePathOf(options.dataFolder);
    this.#credentials = newCredentials(options.random);
    this.#login = new Login(this.#credentials, () => options.node.clock.monotonicMs());
    this.#executor = new RpcExecutor(options.node, METHODS, options.onFault);
    this.#allowedOrigins = new Set((options.allowedOrigins ?? []).map((origin) => origin.toLowerCase()));
    this.#http = this.#build();
  }

  get port(): number {
    return this.#port;
  }

  /** Listens first: only the process that has the port may replace the cookie. */
  async start(): Promise<void> {
    const wanted = this.#options.port;
    try {
      await this.#http.listen({ host: LOOPBACK, port: wanted });
    } catch (error) {
      await this.#http.close();
      throw listenError(error, wanted);
    }
    const address = this.#http.server.address();
    this.#port = typeof address === "object" && address !== null ? address.port : wanted;
    await writeCookie(this.cookiePath, this.#credentials);
    this.#options.log.info("rpc listening", { host: LOOPBACK, port: this.#port });
  }

  /** Ends streams, cancels calls that wait or mine, and resolves when all answers were sent. */
  async close(): Promise<void> {
    for (const stream of this.#streams) stream.end();
    for (const call of this.#calls) call.abort();
    await this.#http.close();
    await removeCookie(this.cookiePath);
  }

  #build(): FastifyInstance {
    const http = fastify({
      bodyLimit: limits.MAX_BODY_BYTES,
      exposeHeadRoutes: false,
      forceCloseConnections: "idle",
      http: { maxHeaderSize: limits.MAX_HEADER_BYTES },
      keepAliveTimeout: limits.KEEP_ALIVE_TIMEOUT_MS,
      requestTimeout: limits.REQUEST_TIMEOUT_MS,
      routerOptions: { maxParamLength: limits.MAX_URL_CHARACTERS },
      logger: false,
      schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    });
    http.server.maxConnections = limits.MAX_CONNECTIONS;
    http.server.maxHeadersCount = limits.MAX_HEADER_COUNT;
    http.removeAllContentTypeParsers();
    http.addContentTypeParser(JSON_TYPE, { parseAs: "string" }, (_request, body, done) => done(null, body));
    http.addHook("onRequest", async (request, reply) => await this.#admit(request, reply));
    http.post("/", async (request, reply) => await this.#call(request, reply, undefined));
    http.post<{ Params: { "*": string } }>("/wallet/*", async (request, reply) =>
      this.#call(request, reply, request.params["*"]),
    );
    http.get<{ Querystring: Record<string, unknown> }>("/events", (request, reply) => this.#stream(request, reply));
    http.get("/", async (_request, reply) =>
      refuse(reply, { status: 405, body: "JSONRPC server handles only POST requests\n" }),
    );
    http.setNotFoundHandler((_request, reply) => refuse(reply, { status: 404, body: "Not found\n" }));
    http.setErrorHandler((error, _request, reply) => this.#answerHttpError(error, reply));
    return http;
  }

  /** Before any body is read: is it a local program, does it know the cookie, is there room? */
  async #admit(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    const foreign = refuseForeign(request, this.#port, this.#allowedOrigins);
    if (foreign !== undefined) return refuse(reply, foreign);
    const verdict = this.#login.check(request.headers.authorization);
    if (verdict === "locked") return refuse(reply, LOCKED);
    if (verdict === "wrong") await this.#delayBadLogin();
    if (verdict !== "accepted") return refuse(reply, UNAUTHORIZED);
    if (request.method === "POST" && this.#calls.size >= limits.MAX_PENDING_REQUESTS) return refuse(reply, QUEUE_FULL);
    if (request.method === "POST") this.#openCall(reply);
    return undefined;
  }

  async #delayBadLogin(): Promise<void> {
    await new Promise<void>((resolve) => this.#options.node.timers.after(limits.BAD_LOGIN_DELAY_MS, resolve));
  }

  /** Holds a place in the queue until the answer was sent or the caller hung up; then whatever still runs is cancelled. */
  #openCall(reply: FastifyReply): void {
    const call = new AbortController();
    this.#calls.add(call);
    callOf.set(reply, call);
    reply.raw.once("close", () => {
      this.#calls.delete(call);
      call.abort(CALLER_GONE);
    });
  }

  async #call(request: FastifyRequest, reply: FastifyReply, walletName: string | undefined): Promise<FastifyReply> {
    const signal = callOf.get(reply)?.signal ?? AbortSignal.abort();
    const body = typeof request.body === "string" ? request.body : "";
    const wallet = walletName === undefined ? {} : { walletName };
    const answer = await this.#executor.answer(body, { signal, ...wallet });
    reply.status(answer.status);
    if (answer.body === undefined) return reply.send();
    return reply.type(JSON_TYPE).send(`${writeJson(answer.body)}\n`);
  }

  #stream(request: FastifyRequest<{ Querystring: Record<string, unknown> }>, reply: FastifyReply): void {
    const from = readFrom(request.query["from"]);
    if (from === undefined) {
      refuse(reply, { status: 400, body: "from must be a sequence number, 1 or more\n" });
      return;
    }
    if (this.#streams.size >= limits.MAX_EVENT_STREAMS) {
      refuse(reply, NO_STREAM_LEFT);
      return;
    }
    reply.hijack();
    const output = reply.raw;
    output.writeHead(200, { "content-type": "application/x-ndjson", "cache-control": "no-store" });
    const { events, timers, startedAtMs } = this.#options.node;
    const stream = new EventStream(events, timers, output, from ?? events.latest() + 1, startedAtMs);
    this.#streams.add(stream);
    output.once("close", () => this.#streams.delete(stream));
  }

  /** Errors of HTTP itself (a body too large, say) keep their status; anything else is our fault. */
  #answerHttpError(error: unknown, reply: FastifyReply): FastifyReply {
    const status = (error as { statusCode?: unknown }).statusCode;
    if (typeof status === "number" && status < 500) return refuse(reply, { status, body: `${httpReason(status)}\n` });
    this.#options.onFault(error, "http");
    return refuse(reply, { status: 500, body: "Internal error: see the node's log\n" });
  }
}

/** The cancellation of the call that a reply belongs to. */
const callOf = new WeakMap<FastifyReply, AbortController>();

function refuse(reply: FastifyReply, refusal: HttpRefusal): FastifyReply {
  return reply
    .status(refusal.status)
    .headers({ ...refusal.headers })
    .type("text/plain; charset=utf-8")
    .send(refusal.body);
}

/** null when not given (only new events are wanted), undefined when it is no sequence number. */
function readFrom(given: unknown): number | null | undefined {
  if (given === undefined) return null;
  const from = typeof given === "string" && /^\d{1,15}$/.test(given) ? Number(given) : 0;
  return from >= 1 ? from : undefined;
}

function httpReason(status: number): string {
  if (status === 413) return `The body is longer than ${limits.MAX_BODY_BYTES} bytes`;
  return status === 415 ? "Unsupported: send content-type application/json" : "Bad request";
}

/** What a person can do about a port that cannot be had. */
function listenError(error: unknown, port: number): unknown {
  const code = (error as { code?: unknown }).code;
  if (code === "EADDRINUSE") {
    return new InputError(
      `RPC port ${port} on ${LOOPBACK} is taken by another program: stop it or choose another port`,
    );
  }
  if (code === "EACCES") return new InputError(`RPC port ${port} may not be used by this user: choose one above 1023`);
  return error;
}

/** Fastify's own compilers of JSON Schema take a twentieth of a node's start, and no route here has a schema. */
function noSchemas(): never {
  throw new AssertionFault("a route with a JSON Schema needs Fastify's compilers");
}
