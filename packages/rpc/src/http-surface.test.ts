import assert from "node:assert/strict";
import { chmod, readFile, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { after, before, describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { MAX_BODY_BYTES, MAX_JSON_DEPTH, MAX_JSON_VALUES, MAX_PENDING_REQUESTS } from "./limits.ts";
import { RpcHarness } from "./testing/rpc-harness.ts";

const COUNT = JSON.stringify({ id: 1, method: "getblockcount", params: [] });

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}

describe("who may call", () => {
  let harness: RpcHarness;
  before(async () => {
    harness = await RpcHarness.start({ allowedOrigins: ["http://127.0.0.1:5173"] });
  });
  after(async () => await harness.stop());

  test("the cookie file is its owner's alone and changes with every start", async () => {
    assert.equal((await stat(harness.server.cookiePath)).mode & 0o777, 0o600);
    assert.match(harness.cookie, /^__cookie__:[0-9a-f]{64}$/);
    const other = await RpcHarness.start();
    assert.notEqual(other.cookie, harness.cookie);
    await other.stop();
    await assert.rejects(readFile(other.server.cookiePath), { code: "ENOENT" });
  });

  test("a cookie file left with wide permissions is replaced, not reused", async () => {
    const first = await RpcHarness.start();
    await writeFile(`${first.server.cookiePath}.tmp`, "left over");
    await chmod(`${first.server.cookiePath}.tmp`, 0o666);
    await first.server.close();
    const { startRpcServer } = await import("./server.ts");
    const again = await startRpcServer({
      node: first.node,
      port: 0,
      dataFolder: first.folder,
      random: { bytes: (length) => new Uint8Array(length) },
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
      onFault: () => {},
    });
    assert.equal((await stat(again.cookiePath)).mode & 0o777, 0o600);
    await again.close();
  });

  test("local names with the port are accepted, in any case", async () => {
    const { port } = harness.server;
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`]) {
      assert.equal((await harness.send({ body: COUNT, headers: { host } })).status, 200, host);
    }
  });

  test("any other Host is refused, also with the right credentials", async () => {
    const { port } = harness.server;
    const hosts = [
      "evil.example",
      `evil.example:${port}`,
      "127.0.0.1",
      "127.0.0.1:1",
      `127.0.0.1.evil.example:${port}`,
      `localhost.:${port}`,
    ];
    for (const host of hosts) {
      assert.equal((await harness.send({ body: COUNT, headers: { host } })).status, 403, host);
    }
  });

  test("a request without a Host (HTTP/1.0) is refused", async () => {
    const socket = connect(harness.server.port, "127.0.0.1");
    socket.setEncoding("utf8");
    const authorization = `Basic ${Buffer.from(harness.cookie).toString("base64")}`;
    socket.write(`POST / HTTP/1.0\r\nauthorization: ${authorization}\r\ncontent-type: application/json\r\n\r\n`);
    const answer = await new Promise<string>((resolve) => socket.once("data", (data) => resolve(String(data))));
    assert.match(answer, /^HTTP\/1\.1 403 /);
    socket.destroy();
  });

  test("an Origin is refused unless it is on the list, and no CORS header is sent", async () => {
    for (const origin of ["http://evil.example", "null", "http://127.0.0.1:9999"]) {
      assert.equal((await harness.send({ body: COUNT, headers: { origin } })).status, 403, origin);
    }
    const allowed = await harness.send({ body: COUNT, headers: { origin: "http://127.0.0.1:5173" } });
    assert.equal(allowed.status, 200);
    assert.equal(allowed.headers["access-control-allow-origin"], undefined);
  });

  test("only a body declared as JSON is read", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", undefined]) {
      assert.equal((await harness.send({ body: COUNT, headers: { "content-type": type } })).status, 415, type);
    }
    const withCharset = { "content-type": "application/json; charset=utf-8" };
    assert.equal((await harness.send({ body: COUNT, headers: withCharset })).status, 200);
  });

  test("missing and wrong credentials are answered 401 with a challenge, wrong ones late", async () => {
    const missing = await harness.send({ body: COUNT, headers: { authorization: undefined } });
    assert.equal(missing.status, 401);
    assert.equal(missing.headers["www-authenticate"], 'Basic realm="jsonrpc"');
    const begin = performance.now();
    for (const wrong of [basic("__cookie__:0"), basic(`${harness.cookie}0`), "Bearer x", "Basic !", "Basic"]) {
      assert.equal((await harness.send({ body: COUNT, headers: { authorization: wrong } })).status, 401, wrong);
    }
    assert.ok(performance.now() - begin >= 5 * 240, "wrong credentials were answered at once");
  });

  test("unknown paths are 404, GET of the RPC path 405", async () => {
    assert.equal((await harness.send({ body: COUNT, path: "/other" })).status, 404);
    assert.equal((await harness.send({ method: "GET" })).status, 405);
    assert.equal((await harness.send({ method: "PUT", body: COUNT })).status, 404);
  });
});

test("after many wrong credentials further ones are turned away at once, the right ones are not", async (t) => {
  const harness = await RpcHarness.start();
  t.after(async () => await harness.stop());
  const authorization = `Basic ${Buffer.from("__cookie__:wrong").toString("base64")}`;
  const statuses = await Promise.all(
    Array.from({ length: 40 }, async () => (await harness.send({ body: COUNT, headers: { authorization } })).status),
  );
  assert.equal(statuses.filter((status) => status === 401).length, 32);
  assert.equal(statuses.filter((status) => status === 429).length, 8);
  assert.equal((await harness.send({ body: COUNT })).status, 200);
  harness.node.nowMs += 11_000;
  assert.equal((await harness.send({ body: COUNT, headers: { authorization } })).status, 401);
});

describe("hostile bodies", () => {
  let harness: RpcHarness;
  before(async () => {
    harness = await RpcHarness.start();
  });
  after(async () => {
    assert.deepEqual(harness.faults, []);
    await harness.stop();
  });

  test("a body above the limit is 413; the largest block's hex passes", async () => {
    const tooLong = await harness.send({ body: `"${"a".repeat(MAX_BODY_BYTES)}"` }).catch((error: unknown) => error);
    if (tooLong instanceof Error) assert.match(tooLong.message, /EPIPE|ECONNRESET/);
    else assert.equal((tooLong as { status: number }).status, 413);
    const block = await harness.call("submitblock", ["ff".repeat(4_000_000)]);
    assert.deepEqual(block.error, { code: -22, message: "Block decode failed" });
  });

  test("nesting and number of values are bounded before parsing", async () => {
    const depth = MAX_JSON_DEPTH + 1;
    const deep = await harness.callText("[".repeat(depth) + "]".repeat(depth));
    assert.deepEqual([deep.status, deep.error?.code], [500, -32700]);
    const veryDeep = await harness.callText("[".repeat(4_000_000));
    assert.equal(veryDeep.error?.code, -32700);
    const wide = await harness.callText(`{"method":"echo","params":[${"1,".repeat(MAX_JSON_VALUES)}1]}`);
    assert.equal(wide.error?.code, -32700);
    const brackets = "[".repeat(1000);
    assert.deepEqual(await harness.result("echo", [brackets, '\\"[', "}]"]), [brackets, '\\"[', "}]"]);
  });

  test("prototype members are no arguments and pollute nothing", async () => {
    const proto = await harness.callText('{"method":"getblockhash","params":{"__proto__":{"height":0}}}');
    assert.equal(proto.error?.code, -32600);
    const nested = await harness.callText('{"method":"echo","params":[{"a":{"__proto__":{"polluted":1}}}]}');
    assert.equal(nested.error?.code, -32600);
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    for (const name of ["constructor", "toString", "hasOwnProperty"]) {
      const reply = await harness.callText(`{"method":"getblockhash","params":{"${name}":0}}`);
      assert.deepEqual(reply.error, { code: -8, message: `Unknown named parameter ${name}` });
      assert.equal((await harness.call(name)).status, 404);
    }
  });

  test("a million named arguments and a batch bomb are refused whole", async () => {
    const names = Array.from({ length: 5000 }, (_, i) => `"n${i}":0`).join(",");
    const named = await harness.callText(`{"method":"echo","params":{${names}}}`);
    assert.equal(named.error?.code, -8);
    const batch = await harness.callText(`[${Array.from({ length: 101 }, () => COUNT).join(",")}]`);
    assert.equal(batch.error?.code, -32600);
    const full = await harness.send({ body: `[${Array.from({ length: 100 }, () => COUNT).join(",")}]` });
    assert.equal((JSON.parse(full.text) as unknown[]).length, 100);
  });

  test("headers above the limit are refused by the parser", async () => {
    const reply = await harness.send({ body: COUNT, headers: { "x-long": "a".repeat(9000) } });
    assert.equal(reply.status, 431);
  });

  test("an unfinished request does not keep others from being answered", async () => {
    const socket = connect(harness.server.port, "127.0.0.1");
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.write(`POST / HTTP/1.1\r\nhost: 127.0.0.1:${harness.server.port}\r\n`);
    assert.equal(await harness.result("getblockcount"), 0);
    socket.destroy();
  });
});

test("more calls than the queue holds are answered 503, and places become free again", async (t) => {
  const harness = await RpcHarness.start();
  t.after(async () => await harness.stop());
  const waiting = JSON.stringify({ id: 1, method: "waitforblockheight", params: [5, 0] });
  const statuses: number[] = [];
  const calls = Array.from({ length: MAX_PENDING_REQUESTS + 4 }, async () => {
    const { status } = await harness.send({ body: waiting });
    statuses.push(status);
    if (statuses.length === 4) harness.node.chain.tip = () => ({ ...harness.node.data.tip, height: 5 });
    if (statuses.length === 4)
      harness.node.events.append({
        type: "branch",
        status: "mined",
        branch: "x",
        forkPoint: { height: 0, hash: harness.node.data.tip.hash },
        blocks: 1,
      });
    return status;
  });
  await Promise.all(calls);
  assert.deepEqual(statuses.slice(0, 4), [503, 503, 503, 503]);
  assert.equal(statuses.filter((status) => status === 200).length, MAX_PENDING_REQUESTS);
  assert.equal((await harness.send({ body: COUNT })).status, 200);
});

test("a taken port is one clear line, and the other server's cookie stays", async (t) => {
  const harness = await RpcHarness.start();
  t.after(async () => await harness.stop());
  await assert.rejects(
    RpcHarness.start({ port: harness.server.port, dataFolder: harness.folder }),
    (error: Error) => error instanceof InputError && /port \d+ on 127.0.0.1 is taken/.test(error.message),
  );
  assert.equal(await readFile(harness.server.cookiePath, "utf8"), harness.cookie);
});
