import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { RpcCallError } from "./client/call-error.ts";
import { isRepeatable } from "./client/repeatable.ts";
import { connectRpc, type RpcClient } from "./client.ts";
import { METHODS } from "./methods/table.ts";
import type { StreamLine } from "./schema/events.ts";
import type { StatusResult } from "./schema/results.ts";
import { type RpcServer, startRpcServer } from "./server.ts";
import { FakeNode, FakeWallet } from "./testing/fake-node.ts";
import { RpcHarness } from "./testing/rpc-harness.ts";

const options = { random: { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) } };
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

function clientOf(server: RpcServer, node: FakeNode): RpcClient {
  return connectRpc({ port: server.port, cookiePath: server.cookiePath, timers: node.timers });
}

function say(node: FakeNode, branch: string): void {
  const forkPoint = { height: 0, hash: node.params.genesis.hash };
  node.events.append({ type: "branch", status: "mined", branch, forkPoint, blocks: 1 });
}

async function take(lines: AsyncGenerator<StreamLine, void, undefined>, count: number): Promise<string[]> {
  const taken: string[] = [];
  while (taken.length < count) {
    const { value, done } = await lines.next();
    if (done === true) break;
    taken.push(value.type === "branch" ? `${value.sequence} ${value.branch}` : value.type);
  }
  return taken;
}

describe("calls", () => {
  let harness: RpcHarness;
  let client: RpcClient;
  before(async () => {
    harness = await RpcHarness.start();
    client = clientOf(harness.server, harness.node);
  });
  after(async () => {
    client.close();
    await harness.stop();
  });

  test("results, wallets by name, and errors with bitcoind's code", async () => {
    const status = await client.call<StatusResult>("forkyard_status");
    assert.equal(status.height, 0);
    harness.node.openWallets.set("a b", new FakeWallet("a b"));
    assert.deepEqual(await client.wallet("a b").call("listwallets"), ["a b"]);
    await assert.rejects(client.call("getblockhash", { height: 5 }), (error) => {
      assert.ok(error instanceof RpcCallError);
      assert.deepEqual([error.code, error.method, error.message], [-8, "getblockhash", "Block height out of range"]);
      return true;
    });
  });

  test("many calls at once share a few connections", async () => {
    const counts = await Promise.all(Array.from({ length: 50 }, async () => await client.call("getblockcount")));
    assert.deepEqual(new Set(counts), new Set([0]));
  });

  test("a restarted node's new cookie is read without being asked", async () => {
    const node = new FakeNode();
    const folder = await mkdtemp(join(tmpdir(), "forkyard-rpc-"));
    const shared = { node, dataFolder: folder, log, onFault: () => {}, ...options };
    const first = await startRpcServer({ ...shared, port: 0 });
    const restarting = clientOf(first, node);
    assert.equal(await restarting.call("getblockcount"), 0);
    const { port } = first;
    await first.close();
    await assert.rejects(restarting.call("getblockcount"), InputError);
    const second = await startRpcServer({ ...shared, port });
    assert.equal(await restarting.call("getblockcount"), 0);
    restarting.close();
    await second.close();
    await rm(folder, { recursive: true });
  });
});

function told(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  };
}

describe("what a person is told", () => {
  test("no node, no cookie, another node's cookie, a silent node, a node with too much to do", async (t) => {
    const harness = await RpcHarness.start();
    t.after(async () => await harness.stop());
    const { timers } = harness.node;
    const { port, cookiePath } = harness.server;
    const missing = connectRpc({ port, cookiePath: `${cookiePath}.none`, timers });
    await assert.rejects(missing.call("uptime"), told(/there is no cookie file .*: the node is not running/));
    const wrongPath = join(harness.folder, "wrong");
    await writeFile(wrongPath, "__cookie__:00");
    const wrong = connectRpc({ port, cookiePath: wrongPath, timers });
    await assert.rejects(wrong.call("uptime"), told(/refuses the cookie .*: it belongs to another node/));

    const odd = createServer((request, response) => {
      if (request.url === "/") return;
      response.writeHead(503).end("Work queue depth exceeded\n");
    });
    t.after(() => odd.close());
    await new Promise<void>((resolve) => odd.listen(0, "127.0.0.1", resolve));
    const oddPort = (odd.address() as { port: number }).port;
    const silent = connectRpc({ port: oddPort, cookiePath: wrongPath, timers });
    await assert.rejects(
      silent.call("uptime", [], { timeoutMs: 20 }),
      told(/did not answer uptime: no answer for 20 ms/),
    );
    const { signal } = new AbortController();
    await assert.rejects(silent.wallet("x").call("uptime", [], { signal }), told(/HTTP status 503: Work queue depth/));
    odd.closeAllConnections();
    await new Promise((resolve) => odd.close(resolve));
    await assert.rejects(silent.call("uptime"), told(/no node answers at 127\.0\.0\.1:\d+: start one/));
    for (const client of [missing, wrong, silent]) client.close();
  });
});

/** Answers the first request of each connection, and closes it when the next one has arrived. */
async function forgetfulServer(heard: string[]): Promise<Server> {
  const served = new WeakSet<object>();
  const hear = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method } = JSON.parse(await text(request)) as { readonly method: string };
    heard.push(method);
    if (served.has(request.socket) || method === "stop") request.socket.destroy();
    else response.end('{"result":null}');
    served.add(request.socket);
  };
  const server = createServer((request, response) => void hear(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

describe("a connection that breaks before the answer", () => {
  test("a call that reads is sent again, one that changes something never", async (t) => {
    const heard: string[] = [];
    const server = await forgetfulServer(heard);
    const folder = await mkdtemp(join(tmpdir(), "forkyard-rpc-"));
    const cookiePath = join(folder, ".cookie");
    await writeFile(cookiePath, "__cookie__:00");
    const { port } = server.address() as { port: number };
    const client = connectRpc({ port, cookiePath, timers: new FakeNode().timers });
    t.after(async () => {
      client.close();
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    });

    await client.call("getblockcount");
    await client.call("getblockcount");
    assert.deepEqual(heard.splice(0), ["getblockcount", "getblockcount", "getblockcount"]);
    // Not on the kept connection: there it would be lost, and nobody could know whether it was carried out.
    await client.call("getblockcount");
    heard.length = 0;
    await client.call("sendtoaddress");
    await client.call("sendtoaddress");
    assert.deepEqual(heard.splice(0), ["sendtoaddress", "sendtoaddress"]);
    await assert.rejects(client.call("stop"), told(/closed the connection/));
    assert.deepEqual(heard, ["stop"]);
  });

  test("only what looks may be sent twice", () => {
    const names = [...METHODS.keys()];
    for (const name of names.filter(isRepeatable)) {
      assert.doesNotMatch(name, /getnew|send|submit|generate|create|addnode|disconnect|stop|branch|double/, name);
    }
    for (const name of ["help", "uptime", "echo", "getblock", "listunspent", "waitfornewblock", "forkyard_status"]) {
      assert.ok(names.includes(name) && isRepeatable(name), name);
    }
  });
});

describe("events", () => {
  test("kept ones first, then new ones, as one list; breaking off closes the stream", async (t) => {
    const harness = await RpcHarness.start();
    t.after(async () => await harness.stop());
    const client = clientOf(harness.server, harness.node);
    say(harness.node, "a");
    say(harness.node, "b");
    const lines = client.events({ from: 1, signal: new AbortController().signal });
    assert.deepEqual(await take(lines, 3), ["start", "1 a", "2 b"]);
    say(harness.node, "c");
    assert.deepEqual(await take(lines, 1), ["3 c"]);
    await lines.return();
    const fromNow = client.events({ signal: new AbortController().signal });
    assert.deepEqual(await take(fromNow, 1), ["start"]);
    say(harness.node, "d");
    assert.deepEqual(await take(fromNow, 1), ["4 d"]);
    await fromNow.return();
    client.close();
  });

  test("what is no longer kept is told as a gap", async (t) => {
    const harness = await RpcHarness.start();
    t.after(async () => await harness.stop());
    for (let i = 1; i <= 53; i++) say(harness.node, `n${i}`);
    const client = clientOf(harness.server, harness.node);
    const lines = client.events({ from: 2, signal: new AbortController().signal });
    assert.deepEqual(await take(lines, 3), ["start", "gap", "4 n4"]);
    await lines.return();
    client.close();
  });

  test("a stream that broke goes on where it was; a restarted node is read from its first event", async () => {
    const node = new FakeNode();
    const folder = await mkdtemp(join(tmpdir(), "forkyard-rpc-"));
    const shared = { dataFolder: folder, log, onFault: () => {}, ...options };
    const first = await startRpcServer({ ...shared, node, port: 0 });
    const client = clientOf(first, node);
    const end = new AbortController();
    const lines = client.events({ from: 1, signal: end.signal });
    say(node, "a");
    assert.deepEqual(await take(lines, 2), ["start", "1 a"]);
    const { port } = first;
    await first.close();
    assert.deepEqual(await take(lines, 1), ["end"]);
    say(node, "b");
    const second = await startRpcServer({ ...shared, node, port });
    assert.deepEqual(await take(lines, 2), ["start", "2 b"]);
    await second.close();
    assert.deepEqual(await take(lines, 1), ["end"]);

    const other = new FakeNode();
    Object.assign(other, { startedAtMs: other.startedAtMs + 1 });
    say(other, "x");
    const third = await startRpcServer({ ...shared, node: other, port });
    assert.deepEqual(await take(lines, 2), ["start", "1 x"]);
    end.abort();
    assert.deepEqual(await take(lines, 1), []);
    client.close();
    await third.close();
    await rm(folder, { recursive: true });
  });

  test("wrong positions are refused, and a page of another origin gets nothing", async (t) => {
    const harness = await RpcHarness.start();
    t.after(async () => await harness.stop());
    for (const from of ["0", "-1", "x", "1e3", "", "1&from=2"]) {
      const reply = await harness.send({ method: "GET", path: `/events?from=${from}` });
      assert.equal(reply.status, 400, from);
    }
    const headers = { origin: "http://evil.example" };
    assert.equal((await harness.send({ method: "GET", path: "/events", headers })).status, 403);
    assert.equal(
      (await harness.send({ method: "GET", path: "/events", headers: { authorization: undefined } })).status,
      401,
    );
  });
});
