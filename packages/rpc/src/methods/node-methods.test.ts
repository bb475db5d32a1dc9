import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { addressOf } from "@forkyard/core/address";
import { encodeBlock } from "@forkyard/core/block";
import { concatBytes, fromHex, toHex } from "@forkyard/core/bytes/bytes";
import type { ChainEntry } from "@forkyard/core/chain";
import { encodeHeader } from "@forkyard/core/header";
import { Transaction } from "@forkyard/core/tx";
import { blockOn, coinbaseTx, MINER_SCRIPT, PAYEE_SCRIPT, params, spendingTx } from "../testing/fake-chain.ts";
import { RpcHarness } from "../testing/rpc-harness.ts";

const ADDRESS = addressOf(PAYEE_SCRIPT, params.addresses) as string;

describe("mining, network, control and forkyard methods", () => {
  let harness: RpcHarness;
  before(async () => {
    harness = await RpcHarness.start();
  });
  afterEach(() => {
    harness.node.mempool.accepted.clear();
    harness.node.submitVerdict = undefined;
    harness.node.headerVerdict = undefined;
    harness.node.peerCalls.length = 0;
    harness.node.labCalls.length = 0;
  });
  after(async () => {
    assert.deepEqual(harness.faults, []);
    await harness.stop();
  });

  test("generatetoaddress mines on and gives the hashes", async () => {
    const hashes = await harness.result<string[]>("generatetoaddress", [2, ADDRESS]);
    assert.equal(hashes.length, 2);
    assert.equal(await harness.result("getbestblockhash"), hashes[1]);
    assert.deepEqual(await harness.result("generatetoaddress", [0, ADDRESS]), []);
    for (const wrong of ["nonsense", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"]) {
      assert.deepEqual(await harness.refusal("generatetoaddress", [1, wrong]), [-5, "Error: Invalid address"]);
    }
    assert.equal((await harness.refusal("generatetoaddress", [-1, ADDRESS]))[0], -8);
    assert.equal((await harness.refusal("generatetoaddress", [10_001, ADDRESS]))[0], -8);
  });

  test("heavy calls run one at a time; a caller that hangs up cancels its own", async () => {
    const original = harness.node.mining.generate.bind(harness.node.mining);
    let running = 0;
    let most = 0;
    harness.node.mining.generate = async (request) => {
      running += 1;
      most = Math.max(most, running);
      await harness.result("getblockcount");
      running -= 1;
      return await original(request);
    };
    await Promise.all([1, 1, 1].map(async (blocks) => await harness.result("generatetoaddress", [blocks, ADDRESS])));
    assert.equal(most, 1);
    const started = Promise.withResolvers<AbortSignal>();
    harness.node.mining.generate = async ({ signal }) => {
      started.resolve(signal);
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      return [];
    };
    const { request } = await import("node:http");
    const outgoing = request({
      port: harness.server.port,
      method: "POST",
      host: "127.0.0.1",
      headers: {
        authorization: `Basic ${Buffer.from(harness.cookie).toString("base64")}`,
        "content-type": "application/json",
      },
    });
    outgoing.on("error", () => {});
    outgoing.end(JSON.stringify({ method: "generatetoaddress", params: [1, ADDRESS] }));
    const signal = await started.promise;
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    outgoing.destroy();
    await aborted;
    harness.node.mining.generate = original;
  });

  test("generateblock takes txids and hex, and can keep the block to itself", async () => {
    const tx = spendingTx({ txid: coinbaseTx("x").txid, vout: 0 }, [{ value: 1n, scriptPubKey: PAYEE_SCRIPT }]);
    const hex = toHex(tx.encode());
    const withheld = await harness.result("generateblock", [ADDRESS, [hex], false]);
    assert.match(String(withheld["hex"]), new RegExp(`${hex}$`));
    harness.node.mempool.add(tx, 5n);
    assert.deepEqual(Object.keys(await harness.result("generateblock", [ADDRESS, [tx.txid]])), ["hash"]);
    assert.deepEqual(await harness.refusal("generateblock", [ADDRESS, ["aa".repeat(32)]]), [
      -5,
      `Transaction ${"aa".repeat(32)} not in mempool.`,
    ]);
    assert.equal((await harness.refusal("generateblock", [ADDRESS, ["00"]]))[0], -22);
    assert.deepEqual(await harness.refusal("generateblock", [ADDRESS, [hex, hex]]), [
      -25,
      "TestBlockValidity failed: bad-txns-inputs-missingorspent",
    ]);
    assert.deepEqual(await harness.refusal("generateblock", ["raw(51)", []]), [
      -5,
      "Error: Invalid address or descriptor",
    ]);
  });

  test("getblocktemplate lists transactions with their place among each other", async () => {
    const parent = spendingTx({ txid: coinbaseTx("x").txid, vout: 0 }, [{ value: 9n, scriptPubKey: PAYEE_SCRIPT }]);
    const child = spendingTx({ txid: parent.txid, vout: 0 }, [{ value: 1n, scriptPubKey: PAYEE_SCRIPT }]);
    harness.node.mempool.add(parent, 5n);
    harness.node.mempool.add(child, 8n);
    const template = await harness.result("getblocktemplate", [{ rules: ["segwit"] }]);
    const transactions = template["transactions"] as { depends: number[]; fee: number; txid: string }[];
    assert.deepEqual(
      transactions.map(({ depends, fee }) => [depends, fee]),
      [
        [[], 5],
        [[1], 8],
      ],
    );
    assert.deepEqual(template["rules"], ["csv", "!segwit", "taproot"]);
    assert.equal(template["coinbasevalue"], 5_000_000_000);
    assert.equal(template["previousblockhash"], harness.node.data.tip.hash);
    assert.match(
      (await harness.refusal("getblocktemplate", []))[1],
      /^getblocktemplate must be called with the segwit/,
    );
    assert.match((await harness.refusal("getblocktemplate", [{ rules: [] }]))[1], /segwit rule set/);
    assert.deepEqual(await harness.refusal("getblocktemplate", [{ mode: "proposal" }]), [-8, "Invalid mode"]);
  });

  test("submitblock passes reject reasons on and completes the coinbase's witness", async () => {
    const parent = harness.node.data.tip;
    const block = blockOn(parent, [coinbaseTx("submitted")]);
    assert.equal(await harness.result("submitblock", [toHex(encodeBlock(block))]), null);
    for (const reason of ["duplicate", "inconclusive", "high-hash"]) {
      harness.node.submitVerdict = reason;
      assert.equal(await harness.result("submitblock", [toHex(encodeBlock(block))]), reason);
    }
    const plain = coinbaseTx("committing");
    const commitment = concatBytes(fromHex("6a24aa21a9ed"), new Uint8Array(32));
    const outputs = [...plain.outputs, { value: 0n, scriptPubKey: commitment }];
    const committing = new Transaction({ version: 2, inputs: plain.inputs, outputs, lockTime: 0 });
    await harness.result("submitblock", [toHex(encodeBlock(blockOn(parent, [committing])))]);
    assert.deepEqual(harness.node.submitted.at(-1)?.txs[0]?.inputs[0]?.witness, [new Uint8Array(32)]);
    assert.deepEqual(await harness.refusal("submitblock", ["00"]), [-22, "Block decode failed"]);
    await harness.result("submitblock", [`${toHex(encodeBlock(block))}00`]);
    assert.equal(harness.node.submitted.at(-1)?.hash, block.hash, "what stands behind a block is not looked at");
    // What a block without a coinbase is refused for is for the rules to say, as bitcoind has it since its release 29.
    harness.node.submitVerdict = "bad-cb-missing";
    const spend = spendingTx({ txid: plain.txid, vout: 0 }, []);
    for (const txs of [[], [spend]]) {
      assert.equal(await harness.result("submitblock", [toHex(encodeBlock(blockOn(parent, txs)))]), "bad-cb-missing");
    }
  });

  test("submitheader needs the parent and passes refusals on", async () => {
    const { header } = blockOn(harness.node.data.tip, [coinbaseTx("h")]);
    const hex = toHex(encodeHeader(header));
    assert.equal(await harness.result("submitheader", [hex]), null);
    assert.equal(await harness.result("submitheader", [`${hex}00`]), null, "what stands behind it is not looked at");
    harness.node.headerVerdict = "time-too-old";
    assert.deepEqual(await harness.refusal("submitheader", [hex]), [-25, "time-too-old"]);
    const orphan = { ...header, prevHash: "aa".repeat(32) as ChainEntry["hash"] };
    assert.deepEqual(await harness.refusal("submitheader", [toHex(encodeHeader(orphan))]), [
      -25,
      `Must submit previous header (${"aa".repeat(32)}) first`,
    ]);
    assert.deepEqual(await harness.refusal("submitheader", [hex.slice(2)]), [-22, "Block header decode failed"]);
  });

  test("getmininginfo and getnetworkhashps estimate from work and time", async () => {
    const info = await harness.result("getmininginfo");
    assert.equal(info["blocks"], harness.node.data.tip.height);
    assert.equal((info["next"] as { height: number }).height, harness.node.data.tip.height + 1);
    assert.equal(info["networkhashps"], 2 / 600);
    assert.equal(await harness.result("getnetworkhashps", [1]), 2 / 600);
    assert.equal(await harness.result("getnetworkhashps", [120, 0]), 0);
    assert.equal((await harness.refusal("getnetworkhashps", [0]))[0], -8);
    assert.equal((await harness.refusal("getnetworkhashps", [1, 999]))[0], -8);
  });

  test("getnetworkinfo and getpeerinfo", async () => {
    const info = await harness.result("getnetworkinfo");
    assert.ok((info["version"] as number) >= 240000);
    assert.deepEqual([info["connections"], info["connections_in"], info["connections_out"]], [1, 1, 0]);
    assert.equal(info["relayfee"], 0.00001);
    const [peer] = await harness.result<Record<string, unknown>[]>("getpeerinfo");
    assert.equal(peer?.["id"], 7);
    assert.equal(peer?.["pingtime"], 0.012);
    assert.equal(peer?.["peerid"], "12D3KooWpeer");
    assert.equal(await harness.result("getconnectioncount"), 1);
  });

  test("addnode understands host:port and multiaddr, and refuses twice", async () => {
    const { peerCalls } = harness.node;
    assert.equal(await harness.result("addnode", ["127.0.0.1:4002", "add"]), null);
    await harness.result("addnode", ["[::1]:4003", "onetry"]);
    await harness.result("addnode", ["/ip4/127.0.0.1/tcp/4004/p2p/12D3Koo", "onetry"]);
    assert.deepEqual(peerCalls, [
      "add /ip4/127.0.0.1/tcp/4002",
      "onetry /ip6/::1/tcp/4003",
      "onetry /ip4/127.0.0.1/tcp/4004/p2p/12D3Koo",
    ]);
    assert.equal((await harness.refusal("addnode", ["127.0.0.1:4002", "add"]))[0], -23);
    assert.equal((await harness.refusal("addnode", ["127.0.0.1:9", "remove"]))[0], -24);
    assert.equal((await harness.refusal("addnode", ["127.0.0.1:9", "befriend"]))[0], -1);
    for (const wrong of ["", "localhost", "localhost:0", "localhost:70000", "a b:1", "/ip4/ /tcp/1", "[zz]:1"]) {
      assert.equal((await harness.refusal("addnode", [wrong, "add"]))[0], -5, wrong);
    }
  });

  test("disconnectnode by address, identity and id", async () => {
    await harness.result("disconnectnode", ["127.0.0.1:4001"]);
    await harness.result("disconnectnode", ["12D3KooWpeer"]);
    await harness.result("disconnectnode", ["", 7]);
    assert.deepEqual(
      harness.node.peerCalls,
      Array.from({ length: 3 }, () => "disconnect 12D3KooWpeer"),
    );
    assert.deepEqual(await harness.refusal("disconnectnode", ["127.0.0.1:1"]), [
      -29,
      "Node not found in connected nodes",
    ]);
    assert.equal((await harness.refusal("disconnectnode", []))[0], -32602);
    assert.equal((await harness.refusal("disconnectnode", ["127.0.0.1:4001", 7]))[0], -32602);
  });

  test("uptime, help, echo and stop", async () => {
    assert.equal(await harness.result("uptime"), 5);
    const index = await harness.result<string>("help");
    assert.match(index, /^== Blockchain ==\n/);
    assert.match(index, /\ngetblock "blockhash" \( verbosity \)\n/);
    assert.match(
      await harness.result<string>("help", ["getblock"]),
      /^getblock "blockhash".*\n\n.*\n\nArguments:\n1\. /,
    );
    assert.equal(await harness.result("help", ["nosuch"]), "help: unknown command: nosuch");
    const { text } = await harness.callText('{"method":"echo","params":[0.10,12345678901234567890,{"a":null}]}');
    assert.equal(text.trim(), '{"result":[0.10,12345678901234567890,{"a":null}],"error":null,"id":null}');
    assert.equal(await harness.result("stop"), "Forkyard stopping");
    assert.equal(harness.node.stopped, true);
  });

  test("validateaddress says yes with the script and no with a reason", async () => {
    const valid = await harness.result("validateaddress", [ADDRESS]);
    assert.deepEqual(
      [valid["isvalid"], valid["scriptPubKey"], valid["witness_version"]],
      [true, toHex(PAYEE_SCRIPT), 0],
    );
    const invalid = await harness.result("validateaddress", ["bc1qnonsense"]);
    assert.equal(invalid["isvalid"], false);
  });

  test("forkyard_status puts the node's own numbers together", async () => {
    const status = await harness.result("forkyard_status");
    const { tip } = harness.node.data;
    assert.deepEqual([status["name"], status["height"], status["tip"]], ["alpha", tip.height, tip.hash]);
    assert.deepEqual(status["coins"], { count: 4, total: 15_000_000_001 });
    assert.deepEqual(status["mining"], { hashRate: 1.5, hashes: 10, targetHashRate: null });
  });

  test("forkyard_setlinks", async () => {
    await harness.result("forkyard_setlinks", [[{ peer: "a", latencyMs: 50, bytesPerSecond: 1e6 }, { peer: "b" }]]);
    const still = { latencyMs: 0, jitterMs: 0, bytesPerSecond: undefined, loss: 0 };
    const links = [
      { ...still, peer: "a", latencyMs: 50, bytesPerSecond: 1e6 },
      { ...still, peer: "b" },
    ];
    assert.deepEqual(harness.node.labCalls, [{ links }]);
    for (const wrong of [
      { peer: "a", loss: 1 },
      { peer: "a", latencyMs: -1 },
      { peer: "a", jitterMs: 1e9 },
    ]) {
      assert.equal((await harness.refusal("forkyard_setlinks", [[wrong]]))[0], -8);
    }
    for (const wrong of [{}, { peer: "a", latencyMs: "5" }]) {
      assert.equal((await harness.refusal("forkyard_setlinks", [[wrong]]))[0], -3);
    }
  });

  test("blocks of a certain kind are mined as they are wished, and what no block can be is refused", async () => {
    await harness.result("forkyard_mineblocks", [2, ADDRESS, { tag: "X", version: 3, empty: true }]);
    for (const wrong of [{ tags: "X" }, { tag: "\n" }, { timeStepSeconds: -1 }]) {
      const refusal = await harness.refusal("forkyard_mineblocks", [1, ADDRESS, wrong]);
      assert.equal(refusal[0], -8, refusal[1]);
    }
    assert.equal((await harness.refusal("forkyard_mineblocks", [1, ADDRESS, { empty: 1 }]))[0], -3);
  });

  test("what an operator and an experiment say to a node", async () => {
    const { hash } = harness.node.data.tip;
    const clock = { machineMs: 5, timeMs: 7, pace: 600, offsetMs: -1_000 };
    await harness.result("invalidateblock", [hash]);
    await harness.result("reconsiderblock", [hash]);
    await harness.result("forkyard_lockblock", [hash, 4]);
    await harness.result("forkyard_setrules", ["version-below-4", 3]);
    await harness.result("forkyard_setclock", clock);
    await harness.result("forkyard_setminingpolicy", [[hash], 2]);
    assert.deepEqual(harness.node.labCalls, [
      { invalidate: hash },
      { reconsider: hash },
      { lock: hash, height: 4 },
      { rules: "version-below-4", checkedFrom: 3 },
      { setting: clock },
      { policy: { censor: [hash], featherBlocks: 2 } },
    ]);
    assert.equal((await harness.refusal("forkyard_setclock", { ...clock, pace: 0 }))[0], -8);
    assert.equal((await harness.refusal("invalidateblock", ["00".repeat(32)]))[0], -5);
  });

  test("forkyard_setmining and forkyard_setblockedpeers", async () => {
    await harness.result("forkyard_setmining", { hashRate: 2.5 });
    await harness.result("forkyard_setmining", []);
    await harness.result("forkyard_setblockedpeers", { peers: ["a", "b"] });
    assert.deepEqual(harness.node.labCalls, [{ hashRate: 2.5 }, { hashRate: undefined }, { peers: ["a", "b"] }]);
    assert.equal((await harness.refusal("forkyard_setmining", [-1]))[0], -8);
    assert.equal((await harness.callText('{"method":"forkyard_setmining","params":[1e999]}')).error?.code, -8);
    assert.equal((await harness.refusal("forkyard_setblockedpeers", [["a", 1]]))[0], -3);
    assert.equal((await harness.refusal("forkyard_setblockedpeers", [Array.from({ length: 1001 }, () => "a")]))[0], -8);
  });

  test("forkyard_minebranch and forkyard_publishbranch", async () => {
    const forkPoint = params.genesis.hash;
    const tx = spendingTx({ txid: coinbaseTx("x").txid, vout: 0 }, [{ value: 1n, scriptPubKey: MINER_SCRIPT }]);
    const transactions = [toHex(tx.encode())];
    const wanted = { forkPoint, blocks: 3, transactions, address: ADDRESS, atFullPower: true, overtake: true };
    const mined = await harness.result("forkyard_minebranch", wanted);
    assert.deepEqual([mined["branch"], mined["chainWork"]], ["branch-1", "ff".padStart(64, "0")]);
    const [request] = harness.node.labCalls as { transactions: Transaction[]; overtake: boolean; blocks: number }[];
    assert.deepEqual([request?.blocks, request?.overtake, request?.transactions[0]?.txid], [3, true, tx.txid]);
    await harness.result("forkyard_minebranch", { ...wanted, transactions: "none" });
    assert.deepEqual(await harness.result("forkyard_publishbranch", { branch: "branch-1" }), { published: 1 });
    assert.deepEqual(await harness.result("forkyard_publishbranch", ["branch-1", 3]), { published: 3 });
    assert.equal((await harness.refusal("forkyard_publishbranch", ["branch-1", -1]))[0], -8);
    assert.deepEqual(await harness.refusal("forkyard_publishbranch", ["other"]), [-8, "there is no such branch"]);
    const extended = await harness.result("forkyard_extendbranch", { branch: "branch-1", atFullPower: false });
    assert.deepEqual(extended, { branch: "branch-1", blocks: [], chainWork: "ff".padStart(64, "0") });
    const { signal: _, ...asked } = harness.node.labCalls.at(-1) as Record<string, unknown>;
    assert.deepEqual(asked, { branch: "branch-1", blocks: 1, transactions: "none", atFullPower: false });
    for (const [change, code] of [
      [{ forkPoint: "aa".repeat(32) }, -5],
      [{ blocks: 0 }, -8],
      [{ address: "x" }, -5],
      [{ transactions: "some" }, -3],
      [{ transactions: ["00"] }, -22],
    ] as const) {
      assert.equal((await harness.refusal("forkyard_minebranch", { ...wanted, ...change }))[0], code);
    }
    const { data } = harness.node;
    const genesis = data.active[0] as ChainEntry;
    const side = data.add(genesis, blockOn(genesis, [coinbaseTx("side")]), "connected");
    assert.equal((await harness.refusal("forkyard_minebranch", { ...wanted, forkPoint: side.hash }))[0], -8);
  });
});
