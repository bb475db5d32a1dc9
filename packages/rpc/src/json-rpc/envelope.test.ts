import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { RpcHarness } from "../testing/rpc-harness.ts";

describe("JSON-RPC envelopes", () => {
  let harness: RpcHarness;
  before(async () => {
    harness = await RpcHarness.start();
  });
  beforeEach(() => {
    harness.node.warming = undefined;
  });
  after(async () => await harness.stop());

  async function post(body: string): Promise<readonly [number, string]> {
    const { status, text, headers } = await harness.send({ body });
    if (text !== "") assert.match(String(headers["content-type"]), /^application\/json/);
    return [status, text.trim()];
  }

  test("1.0 always has result, error and id", async () => {
    assert.deepEqual(await post('{"id":"x","method":"getblockcount"}'), [200, '{"result":0,"error":null,"id":"x"}']);
    assert.deepEqual(await post('{"method":"getblockcount"}'), [200, '{"result":0,"error":null,"id":null}']);
    assert.deepEqual(await post('{"jsonrpc":"1.0","id":7,"method":"getblockhash","params":[99]}'), [
      500,
      '{"result":null,"error":{"code":-8,"message":"Block height out of range"},"id":7}',
    ]);
  });

  test("1.0 tells unknown methods and malformed requests by the HTTP status", async () => {
    assert.deepEqual(await post('{"id":1,"method":"nosuch"}'), [
      404,
      '{"result":null,"error":{"code":-32601,"message":"Method not found"},"id":1}',
    ]);
    const malformed: readonly (readonly [string, number, number, string])[] = [
      ['{"id":1}', 400, -32600, "Missing method"],
      ['{"id":1,"method":5}', 400, -32600, "Method must be a string"],
      ['{"id":1,"method":"x","params":5}', 400, -32600, "Params must be an array or object"],
      ['{"jsonrpc":2,"id":1,"method":"x"}', 400, -32600, "jsonrpc field must be a string"],
      ['{"jsonrpc":"3.0","id":1,"method":"x"}', 400, -32600, "JSON-RPC version not supported"],
      ["{", 500, -32700, "Parse error"],
      ["", 500, -32700, "Parse error"],
      ["5", 500, -32700, "Top-level object parse error"],
      ["null", 500, -32700, "Top-level object parse error"],
    ];
    for (const [body, status, code, message] of malformed) {
      const [gotStatus, text] = await post(body);
      const { error } = JSON.parse(text) as { error: unknown };
      assert.deepEqual([gotStatus, error], [status, { code, message }], body);
    }
  });

  test("2.0 has result or error and always 200", async () => {
    assert.deepEqual(await post('{"jsonrpc":"2.0","id":1,"method":"getblockcount"}'), [
      200,
      '{"jsonrpc":"2.0","result":0,"id":1}',
    ]);
    assert.deepEqual(await post('{"jsonrpc":"2.0","id":1,"method":"nosuch"}'), [
      200,
      '{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":1}',
    ]);
  });

  test("a 2.0 request without an id is carried out and not answered; with null it is", async () => {
    assert.deepEqual(await post('{"jsonrpc":"2.0","method":"stop"}'), [204, ""]);
    assert.equal(harness.node.stopped, true);
    assert.deepEqual(await post('{"jsonrpc":"2.0","method":"nosuch"}'), [204, ""]);
    assert.deepEqual(await post('{"jsonrpc":"2.0","id":null,"method":"getblockcount"}'), [
      200,
      '{"jsonrpc":"2.0","result":0,"id":null}',
    ]);
  });

  test("ids come back exactly as they were sent", async () => {
    for (const id of ["1.50", "12345678901234567890", '"a\\u0000"', '{"a":[1e2]}']) {
      const [, text] = await post(`{"id":${id},"method":"getblockcount"}`);
      assert.equal(text, `{"result":0,"error":null,"id":${id}}`);
    }
  });

  test("a batch is answered 200 in order, mixed versions and malformed calls included", async () => {
    const [status, text] = await post(
      '[{"id":1,"method":"getblockcount"},{"jsonrpc":"2.0","id":2,"method":"nosuch"},5,{"jsonrpc":"2.0","method":"uptime"}]',
    );
    assert.equal(status, 200);
    assert.deepEqual(JSON.parse(text), [
      { result: 0, error: null, id: 1 },
      { jsonrpc: "2.0", error: { code: -32601, message: "Method not found" }, id: 2 },
      { result: null, error: { code: -32600, message: "Invalid Request object" }, id: null },
    ]);
    assert.deepEqual(await post("[]"), [200, "[]"]);
    assert.deepEqual(await post('[{"jsonrpc":"2.0","method":"uptime"}]'), [204, ""]);
  });

  test("while the node warms up every call says so", async () => {
    harness.node.warming = "Verifying blocks…";
    assert.deepEqual(await harness.refusal("getblockcount"), [-28, "Verifying blocks…"]);
  });

  test("arguments by name, by alias and by both ways", async () => {
    const genesis = harness.node.params.genesis.hash;
    assert.equal(await harness.result("getblockhash", { height: 0 }), genesis);
    const byAlias = await harness.result<string>("getblock", { blockhash: genesis, verbose: false });
    assert.equal(byAlias, await harness.result("getblock", { args: [genesis], verbosity: 0 }));
    assert.deepEqual(await harness.refusal("getblock", { blockhash: genesis, verbose: 0, verbosity: 0 }), [
      -8,
      "Parameter verbose specified multiple times",
    ]);
    assert.deepEqual(await harness.refusal("getblock", { args: [genesis], blockhash: genesis }), [
      -8,
      "Parameter blockhash specified multiple times",
    ]);
  });

  test("wrong types are listed as bitcoind does; too many or too few bring the help", async () => {
    const [code, message] = await harness.refusal("getblockhash", ["0"]);
    assert.equal(code, -3);
    assert.equal(
      message,
      'Wrong type passed:\n{\n    "Position 1 (height)": "JSON value of type string is not of expected type number"\n}',
    );
    assert.deepEqual((await harness.refusal("getblockhash", []))[0], -1);
    assert.match((await harness.refusal("getblockhash", [1, 2]))[1], /^getblockhash height\n/);
    assert.deepEqual(await harness.refusal("getblockhash", [1.5]), [-1, "JSON integer out of range"]);
    assert.deepEqual(await harness.refusal("getblockhash", [2 ** 31]), [-1, "JSON integer out of range"]);
  });

  test("a fault of the node is reported to it and says nothing to the caller", async () => {
    harness.node.chain.sizeOnDiskBytes = () => {
      throw new Error("secret path /home/alice");
    };
    const { status, error } = await harness.call("getblockchaininfo");
    assert.deepEqual([status, error?.code], [500, -32603]);
    assert.doesNotMatch(error?.message ?? "", /secret/);
    assert.equal(harness.faults.length, 1);
  });
});
