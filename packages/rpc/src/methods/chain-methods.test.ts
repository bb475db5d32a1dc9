import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { encodeBlock } from "@forkyard/core/block";
import { toHex } from "@forkyard/core/bytes/bytes";
import type { ChainEntry } from "@forkyard/core/chain";
import { COIN } from "@forkyard/core/units";
import { blockOn, coinbaseTx, PAYEE_SCRIPT, params, spendingTx } from "../testing/fake-chain.ts";
import { RpcHarness } from "../testing/rpc-harness.ts";

const NOWHERE = "ff".repeat(32);

describe("blockchain methods", () => {
  let harness: RpcHarness;
  let first: ChainEntry;
  let second: ChainEntry;
  let sideTip: ChainEntry;
  const reward = coinbaseTx("one", 50n * COIN + 1n);
  const spend = spendingTx({ txid: reward.txid, vout: 0 }, [{ value: 123_456_789n, scriptPubKey: PAYEE_SCRIPT }]);
  const inBlock = spendingTx({ txid: spend.txid, vout: 0 }, [{ value: 123_456_780n, scriptPubKey: PAYEE_SCRIPT }]);

  before(async () => {
    harness = await RpcHarness.start();
    const { data } = harness.node;
    first = data.connect([reward]);
    second = data.connect([coinbaseTx("two"), spend, inBlock]);
    const genesis = data.active[0] as ChainEntry;
    sideTip = data.add(genesis, blockOn(genesis, [coinbaseTx("side")]), "connected");
    data.add(genesis, blockOn(genesis, [coinbaseTx("checked")]), "body");
    data.add(first, blockOn(first, [coinbaseTx("header only")]), "header");
    data.add(sideTip, blockOn(sideTip, [coinbaseTx("bad")]), "invalid");
    data.add(second, blockOn(second, [coinbaseTx("ahead")]), "header");
  });
  after(async () => {
    assert.deepEqual(harness.faults, []);
    await harness.stop();
  });

  test("getblockchaininfo and the short reads agree", async () => {
    const info = await harness.result("getblockchaininfo");
    assert.equal(info["chain"], "regtest");
    assert.equal(info["blocks"], 2);
    assert.equal(info["bestblockhash"], second.hash);
    assert.equal(info["bits"], "207fffff");
    assert.equal(info["target"], `7fffff${"0".repeat(58)}`);
    assert.equal(info["difficulty"], 4.656542373906925e-10);
    assert.equal(info["chainwork"], "6".padStart(64, "0"));
    assert.equal(info["verificationprogress"], 1);
    assert.equal(await harness.result("getblockcount"), 2);
    assert.equal(await harness.result("getbestblockhash"), second.hash);
    assert.equal(await harness.result("getblockhash", [1]), first.hash);
    for (const height of [-1, 3]) {
      assert.deepEqual(await harness.refusal("getblockhash", [height]), [-8, "Block height out of range"]);
    }
  });

  test("getblockheader: object, bytes, a stale block, an unknown one", async () => {
    const header = await harness.result("getblockheader", [first.hash]);
    assert.equal(header["confirmations"], 2);
    assert.equal(header["nTx"], 1);
    assert.equal(header["versionHex"], "20000000");
    assert.equal(header["nextblockhash"], second.hash);
    assert.equal(header["previousblockhash"], params.genesis.hash);
    const hex = await harness.result<string>("getblockheader", [first.hash, false]);
    assert.equal(hex.length, 160);
    const stale = await harness.result("getblockheader", [sideTip.hash]);
    assert.equal(stale["confirmations"], -1);
    assert.equal("nextblockhash" in stale, false);
    assert.deepEqual(await harness.refusal("getblockheader", [NOWHERE]), [-5, "Block not found"]);
    const genesis = await harness.result("getblockheader", [params.genesis.hash]);
    assert.equal("previousblockhash" in genesis, false);
  });

  test("hashes that are none get bitcoind's words", async () => {
    assert.deepEqual(await harness.refusal("getblock", ["ab"]), [
      -8,
      "blockhash must be of length 64 (not 2, for 'ab')",
    ]);
    assert.deepEqual(await harness.refusal("getblock", ["z".repeat(64)]), [
      -8,
      `blockhash must be hexadecimal string (not '${"z".repeat(64)}')`,
    ]);
    assert.equal((await harness.result("getblock", [first.hash.toUpperCase()]))["hash"], first.hash);
  });

  test("getblock 0, 1, 2 and 3", async () => {
    const block = blockOn(first, [coinbaseTx("two"), spend, inBlock]);
    assert.equal(await harness.result("getblock", [second.hash, 0]), toHex(encodeBlock(block)));
    const ids = await harness.result("getblock", [second.hash]);
    assert.deepEqual(ids["tx"], [coinbaseTx("two").txid, spend.txid, inBlock.txid]);
    assert.equal(ids["size"], encodeBlock(block).length);
    const { text } = await harness.call("getblock", [second.hash, 2]);
    assert.match(text, /"fee":48\.76543212,/);
    assert.match(text, /"fee":0\.00000009,/);
    assert.match(text, /"value":1\.23456789,/);
    const full = await harness.result<{ tx: { vin: { prevout?: Record<string, unknown> }[] }[] }>("getblock", [
      second.hash,
      3,
    ]);
    const prevout = full.tx[1]?.vin[0]?.prevout;
    assert.deepEqual([prevout?.["generated"], prevout?.["height"], prevout?.["value"]], [true, 1, 50.00000001]);
    assert.equal(full.tx[2]?.vin[0]?.prevout?.["height"], 2);
    assert.equal(full.tx[0]?.vin[0]?.prevout, undefined);
    const { hash } = harness.node.data.leaves().find((leaf) => leaf.status === "header") as ChainEntry;
    assert.deepEqual(await harness.refusal("getblock", [hash]), [-1, "Block not available (not fully downloaded)"]);
  });

  test("getchaintips tells all five states", async () => {
    const tips = await harness.result<{ status: string; branchlen: number; height: number }[]>("getchaintips");
    const seen = tips.map((tip) => `${tip.status} ${tip.height} ${tip.branchlen}`).toSorted();
    assert.deepEqual(seen, ["active 2 0", "headers-only 2 1", "headers-only 3 1", "invalid 2 2", "valid-headers 1 1"]);
    assert.deepEqual(
      tips.map((tip) => tip.height),
      tips.map((tip) => tip.height).toSorted((a, b) => b - a),
    );
    harness.node.data.entries.delete(
      [...harness.node.data.entries.values()].find((e) => e.status === "invalid")?.hash ?? sideTip.hash,
    );
    const valid = await harness.result<{ hash: string; status: string }[]>("getchaintips");
    assert.equal(valid.find((tip) => tip.hash === sideTip.hash)?.status, "valid-fork");
  });

  test("gettxout: confirmed, spent in the mempool, unconfirmed, nothing", async () => {
    const confirmed = await harness.call("gettxout", [inBlock.txid, 0]);
    assert.match(confirmed.text, /"value":1\.23456780,/);
    assert.equal((confirmed.result as { confirmations: number }).confirmations, 1);
    const child = spendingTx({ txid: inBlock.txid, vout: 0 }, [{ value: 5n, scriptPubKey: PAYEE_SCRIPT }]);
    harness.node.mempool.add(child, 100n);
    assert.equal(await harness.result("gettxout", [inBlock.txid, 0]), null);
    assert.notEqual(await harness.result("gettxout", [inBlock.txid, 0, false]), null);
    assert.equal((await harness.result("gettxout", [child.txid, 0]))["confirmations"], 0);
    assert.equal(await harness.result("gettxout", [child.txid, 0, false]), null);
    assert.equal(await harness.result("gettxout", [child.txid, 1]), null);
    assert.equal(await harness.result("gettxout", [NOWHERE, 0]), null);
    harness.node.mempool.accepted.clear();
  });

  test("gettxoutsetinfo counts exactly and gives the hash that was asked for", async () => {
    const { text } = await harness.call("gettxoutsetinfo", ["none"]);
    assert.match(text, /"txouts":4,"bogosize":288,"total_amount":150\.00000001,"transactions":3,"disk_size":1234\}/);
    assert.equal((await harness.result("gettxoutsetinfo", []))["hash_serialized_3"], "hash_serialized_3!");
    assert.equal((await harness.result("gettxoutsetinfo", ["muhash"]))["muhash"], "muhash!");
    assert.equal((await harness.refusal("gettxoutsetinfo", ["hash_serialized_2"]))[0], -8);
  });

  test("a pruned node says so, and which blocks it lacks", async () => {
    assert.equal((await harness.result("getblockchaininfo", []))["pruned"], false);
    harness.node.prunedHeight = 1;
    const body = harness.node.data.bodies.get(first.hash) as Uint8Array;
    harness.node.data.bodies.delete(first.hash);
    const info = await harness.result("getblockchaininfo", []);
    assert.deepEqual([info["pruned"], info["pruneheight"]], [true, 2]);
    assert.deepEqual(await harness.refusal("getblock", [first.hash]), [-1, "Block not available (pruned data)"]);
    assert.equal((await harness.result("forkyard_status", []))["prunedHeight"], 1);
    harness.node.data.bodies.set(first.hash, body);
    harness.node.prunedHeight = undefined;
  });

  test("waitfornewblock, waitforblock and waitforblockheight answer at the event, or at the timeout", async () => {
    const tip = { hash: second.hash, height: 2 };
    assert.deepEqual(await harness.result("waitforblockheight", [2]), tip);
    assert.deepEqual(await harness.result("waitforblock", [second.hash]), tip);
    assert.deepEqual(await harness.result("waitfornewblock", [1]), tip);
    assert.deepEqual(await harness.result("waitfornewblock", [0, first.hash]), tip);
    assert.deepEqual(await harness.refusal("waitfornewblock", [-1]), [-1, "Negative timeout"]);
    const subscribed = listeners(harness, 2);
    const waiting = harness.result("waitfornewblock", []);
    const alsoWaiting = harness.result("waitforblockheight", [3, 0]);
    await subscribed;
    const added = harness.node.data.connect([coinbaseTx("three")]);
    const block = { hash: added.hash, height: 3, txCount: 1, fees: 0, miner: null, blockTimeMs: 0 } as const;
    harness.node.events.append({ type: "block", ...block });
    assert.deepEqual(await waiting, { hash: added.hash, height: 3 });
    assert.deepEqual(await alsoWaiting, { hash: added.hash, height: 3 });
  });

  test("getindexinfo is empty", async () => {
    assert.deepEqual(await harness.result("getindexinfo"), {});
  });
});

/** Resolves when `count` more listeners have subscribed to the node's events. */
async function listeners({ node }: RpcHarness, count: number): Promise<void> {
  const subscribe = node.events.subscribe.bind(node.events);
  await new Promise<void>((resolve) => {
    let left = count;
    node.events.subscribe = (listener) => {
      left -= 1;
      if (left === 0) resolve();
      return subscribe(listener);
    };
  });
}
