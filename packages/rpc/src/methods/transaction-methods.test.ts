import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { toHex } from "@forkyard/core/bytes/bytes";
import type { Txid } from "@forkyard/core/hash";
import { COIN } from "@forkyard/core/units";
import { coinbaseTx, PAYEE_SCRIPT, params, spendingTx } from "../testing/fake-chain.ts";
import { RpcHarness } from "../testing/rpc-harness.ts";

const NOWHERE = "ff".repeat(32);

describe("mempool and raw transaction methods", () => {
  let harness: RpcHarness;
  const reward = coinbaseTx("one");
  const payment = spendingTx({ txid: reward.txid, vout: 0 }, [{ value: 49n * COIN, scriptPubKey: PAYEE_SCRIPT }]);
  const child = spendingTx({ txid: payment.txid, vout: 0 }, [{ value: 1n, scriptPubKey: PAYEE_SCRIPT }], 0xffffffff);
  const hex = toHex(payment.encode());

  before(async () => {
    harness = await RpcHarness.start();
    harness.node.data.connect([reward]);
  });
  afterEach(() => {
    harness.node.mempool.accepted.clear();
    harness.node.mempool.verdict = { status: "accepted", fee: 1000n };
  });
  after(async () => {
    assert.deepEqual(harness.faults, []);
    await harness.stop();
  });

  test("getrawmempool, getmempoolentry and getmempoolinfo show exact fees", async () => {
    harness.node.mempool.add(payment, 1000n);
    harness.node.mempool.add(child, 234n);
    assert.deepEqual(await harness.result("getrawmempool"), [payment.txid, child.txid]);
    const { text } = await harness.call("getmempoolentry", [payment.txid]);
    assert.match(
      text,
      /"fees":\{"base":0\.00001000,"modified":0\.00001000,"ancestor":0\.00001000,"descendant":0\.00001234\}/,
    );
    const verbose = await harness.result<Record<string, Record<string, unknown>>>("getrawmempool", [true]);
    assert.deepEqual(verbose[child.txid]?.["depends"], [payment.txid]);
    assert.deepEqual(verbose[payment.txid]?.["spentby"], [child.txid]);
    assert.equal(verbose[payment.txid]?.["descendantcount"], 2);
    assert.equal(verbose[child.txid]?.["bip125-replaceable"], true);
    assert.deepEqual(await harness.result("getmempoolancestors", [child.txid]), [payment.txid]);
    assert.deepEqual(await harness.result("getmempooldescendants", [payment.txid]), [child.txid]);
    const info = await harness.call("getmempoolinfo");
    assert.match(info.text, /"loaded":true,"size":2,/);
    assert.match(info.text, /"mempoolminfee":0\.00001000,/);
    for (const name of ["getmempoolentry", "getmempoolancestors", "getmempooldescendants"]) {
      assert.deepEqual(await harness.refusal(name, [NOWHERE]), [-5, "Transaction not in mempool"]);
    }
  });

  test("estimatesmartfee answers as bitcoind without data, and checks its range", async () => {
    assert.deepEqual(await harness.result("estimatesmartfee", [2]), {
      errors: ["Insufficient data or no feerate found"],
      blocks: 2,
    });
    assert.equal((await harness.refusal("estimatesmartfee", [0]))[0], -8);
    assert.equal((await harness.refusal("estimatesmartfee", [1009]))[0], -8);
    assert.equal((await harness.refusal("estimatesmartfee", [2, "soon"]))[0], -8);
  });

  test("getrawtransaction: mempool, block, genesis, nowhere", async () => {
    harness.node.mempool.add(payment, 1000n);
    assert.equal(await harness.result("getrawtransaction", [payment.txid]), hex);
    assert.equal((await harness.result("getrawtransaction", [payment.txid, true]))["hex"], hex);
    const { hash } = harness.node.data.tip;
    const mined = await harness.result("getrawtransaction", [reward.txid, 1, hash]);
    assert.deepEqual([mined["in_active_chain"], mined["confirmations"], mined["blockhash"]], [true, 1, hash]);
    assert.match(
      (await harness.refusal("getrawtransaction", [reward.txid]))[1],
      /^No such mempool transaction\. Use -txindex/,
    );
    assert.match(
      (await harness.refusal("getrawtransaction", [payment.txid, 0, hash]))[1],
      /^No such transaction found in the/,
    );
    assert.deepEqual(await harness.refusal("getrawtransaction", [reward.txid, 0, NOWHERE]), [
      -5,
      "Block hash not found",
    ]);
    const genesisTxid = params.genesis.txs[0]?.txid;
    assert.match((await harness.refusal("getrawtransaction", [genesisTxid]))[1], /^The genesis block coinbase/);
  });

  test("decoderawtransaction shows every field", async () => {
    const decoded = await harness.result("decoderawtransaction", [hex]);
    const vout = (decoded["vout"] as { scriptPubKey: Record<string, unknown>; value: number }[])[0];
    assert.equal(decoded["txid"], payment.txid);
    assert.equal(decoded["hash"], payment.wtxid);
    assert.equal(decoded["vsize"], payment.virtualSize);
    assert.equal(vout?.value, 49);
    assert.equal(vout?.scriptPubKey["type"], "witness_v0_keyhash");
    assert.match(String(vout?.scriptPubKey["address"]), /^bcrt1q/);
    assert.match(String(vout?.scriptPubKey["asm"]), /^0 [0-9a-f]{40}$/);
    for (const wrong of ["", "zz", "abc", "00", hex.slice(2), `${hex}00`]) {
      const message = "TX decode failed. Make sure the tx has at least one input.";
      assert.deepEqual(await harness.refusal("decoderawtransaction", [wrong]), [-22, message]);
    }
  });

  test("sendrawtransaction: accepted, again, refused, missing inputs, already mined", async () => {
    assert.equal(await harness.result("sendrawtransaction", [hex, 0]), payment.txid);
    assert.equal(await harness.result("sendrawtransaction", [hex, 0]), payment.txid);
    harness.node.mempool.accepted.clear();
    const reason = "min relay fee not met";
    harness.node.mempool.verdict = { status: "refused", reason, details: `${reason}, fee=1, required=110` };
    assert.deepEqual(await harness.refusal("sendrawtransaction", [hex, 0]), [
      -26,
      "min relay fee not met, fee=1, required=110",
    ]);
    harness.node.mempool.verdict = { status: "missing-inputs", missing: [reward.txid] };
    assert.deepEqual(await harness.refusal("sendrawtransaction", [hex, 0]), [-25, "bad-txns-inputs-missingorspent"]);
    assert.deepEqual(await harness.refusal("sendrawtransaction", [toHex(reward.encode())]), [
      -27,
      "Transaction outputs already in utxo set",
    ]);
    assert.equal((await harness.refusal("sendrawtransaction", ["00"]))[0], -22);
  });

  test("sendrawtransaction keeps the caller from overpaying and from burning", async () => {
    assert.equal((await harness.refusal("sendrawtransaction", [hex]))[0], -25);
    assert.deepEqual(harness.node.mempool.txids(), []);
    assert.equal((await harness.refusal("sendrawtransaction", [hex, 1]))[0], -8);
    assert.deepEqual(await harness.refusal("sendrawtransaction", [hex, "0.000000001"]), [-3, "Invalid amount"]);
    assert.deepEqual(await harness.refusal("sendrawtransaction", [hex, -1]), [-3, "Amount out of range"]);
    assert.equal(await harness.result("sendrawtransaction", [hex, 0]), payment.txid);
    const burning = spendingTx(payment.inputs[0]?.prevout ?? { txid: NOWHERE as Txid, vout: 0 }, [
      { value: 2n, scriptPubKey: Uint8Array.of(0x6a) },
    ]);
    const burn = [toHex(burning.encode()), 0];
    assert.match((await harness.refusal("sendrawtransaction", burn))[1], /^Unspendable output exceeds/);
    assert.equal(await harness.result("sendrawtransaction", [...burn, 0.00000002]), burning.txid);
  });

  test("testmempoolaccept: allowed with fees, refused with reasons, nothing changed", async () => {
    const { text } = await harness.call("testmempoolaccept", [[hex]]);
    assert.match(text, /"allowed":true,"vsize":\d+,"fees":\{"base":0\.00001000,"effective-feerate":0\.00011764,/);
    assert.deepEqual(harness.node.mempool.txids(), []);
    harness.node.mempool.verdict = { status: "missing-inputs", missing: [] };
    const ids = { txid: payment.txid, wtxid: payment.wtxid };
    assert.deepEqual(await harness.result("testmempoolaccept", [[hex]]), [
      { ...ids, allowed: false, "reject-reason": "missing-inputs" },
    ]);
    harness.node.mempool.add(payment, 1n);
    const [known] = await harness.result<Record<string, unknown>[]>("testmempoolaccept", [[hex]]);
    assert.equal(known?.["reject-reason"], "txn-already-in-mempool");
    harness.node.mempool.accepted.clear();
    harness.node.mempool.verdict = { status: "accepted", fee: COIN };
    const [costly] = await harness.result<Record<string, unknown>[]>("testmempoolaccept", [[hex]]);
    assert.equal(costly?.["reject-reason"], "max-fee-exceeded");
    assert.equal((await harness.refusal("testmempoolaccept", [[]]))[0], -8);
    assert.equal((await harness.refusal("testmempoolaccept", [Array.from({ length: 26 }, () => hex)]))[0], -8);
    assert.equal((await harness.refusal("testmempoolaccept", [["00"]]))[0], -22);
    assert.equal((await harness.refusal("testmempoolaccept", [[5]]))[0], -3);
  });
});
