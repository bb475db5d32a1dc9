/** A server over a fake node on a free port, and a plain HTTP client that sends just what it is told. */

import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RpcServer, type RpcServerOptions, startRpcServer } from "../server.ts";
import { FakeNode } from "./fake-node.ts";

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface RpcReply {
  readonly status: number;
  readonly result: unknown;
  readonly error: { readonly code: number; readonly message: string } | null;
  readonly text: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string;
  /** undefined removes a default header. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export class RpcHarness {
  readonly node: FakeNode;
  readonly server: RpcServer;
  readonly folder: string;
  readonly cookie: string;
  readonly faults: unknown[];

  constructor(node: FakeNode, server: RpcServer, folder: string, cookie: string, faults: unknown[]) {
    this.node = node;
    this.server = server;
    this.folder = folder;
    this.cookie = cookie;
    this.faults = faults;
  }

  static async start(options: Partial<RpcServerOptions> = {}): Promise<RpcHarness> {
    const node = new FakeNode();
    const folder = await mkdtemp(join(tmpdir(), "forkyard-rpc-"));
    const faults: unknown[] = [];
    const server = await startRpcServer({
      node,
      port: 0,
      dataFolder: folder,
      random: { bytes: (length) => new Uint8Array(randomBytes(length)) },
      log: silentLog,
      onFault: (error) => void faults.push(error),
      ...options,
    });
    const cookie = await readFile(server.cookiePath, "utf8");
    return new RpcHarness(node, server, folder, cookie, faults);
  }

  async stop(): Promise<void> {
    await this.server.close();
    await rm(this.folder, { recursive: true });
  }

  /** Authorised JSON by POST, unless told otherwise. */
  async send({ method = "POST", path = "/", body = "", headers = {} }: RawRequest): Promise<HttpReply> {
    const defaults = {
      host: `127.0.0.1:${this.server.port}`,
      authorization: `Basic ${Buffer.from(this.cookie).toString("base64")}`,
      "content-type": "application/json",
    };
    const all: Record<string, string | undefined> = { ...defaults, ...headers };
    const present = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return await new Promise((resolve, reject) => {
      const outgoing = request(
        { host: "127.0.0.1", port: this.server.port, method, path, headers: Object.fromEntries(present), agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      outgoing.on("error", reject);
      outgoing.end(method === "GET" ? undefined : body);
    });
  }

  /** One call in the 1.0 way. */
  async call(method: string, params: unknown = [], path = "/"): Promise<RpcReply> {
    return await this.callText(JSON.stringify({ id: 1, method, params }), path);
  }

  async callText(body: string, path = "/"): Promise<RpcReply> {
    const { status, text } = await this.send({ body, path });
    const { result, error } = JSON.parse(text) as Pick<RpcReply, "result" | "error">;
    return { status, result, error, text };
  }

  /** The result of a call that must succeed. */
  async result<T = Record<string, unknown>>(method: string, params: unknown = [], path = "/"): Promise<T> {
    const { result, error } = await this.call(method, params, path);
    if (error !== null) throw new Error(`${method} answered ${error.code} ${error.message}`);
    return result as T;
  }

  /** Code and message of a call that must fail. */
  async refusal(method: string, params: unknown = [], path = "/"): Promise<readonly [number, string]> {
    const { error } = await this.call(method, params, path);
    if (error === null) throw new Error(`${method} was expected to fail`);
    return [error.code, error.message];
  }
}

const silentLog = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // Nothing is printed in tests.
}
