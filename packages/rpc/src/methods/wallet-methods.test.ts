import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { addressOf } from "@forkyard/core/address";
import type { Txid } from "@forkyard/core/hash";
import { COIN } from "@forkyard/core/units";
import { coinbaseTx, MINER_SCRIPT, PAYEE_SCRIPT, params, spendingTx } from "../testing/fake-chain.ts";
import { FakeWallet } from "../testing/fake-node.ts";
import { RpcHarness } from "../testing/rpc-harness.ts";

const ADDRESS = addressOf(PAYEE_SCRIPT, params.addresses) as string;
const OWN_ADDRESS = addressOf(MINER_SCRIPT, params.addresses) as string;
const ALICE = "/wallet/alice";

describe("wallet methods", () => {
  let harness: RpcHarness;
  let alice: FakeWallet;
  before(async () => {
    harness = await RpcHarness.start();
    harness.node.data.connect([coinbaseTx("one")]);
    harness.node.data.connect([coinbaseTx("two")]);
  });
  beforeEach(() => {
    harness.node.openWallets.clear();
    alice = new FakeWallet("alice");
    harness.node.openWallets.set("alice", alice);
  });
  after(async () => {
    assert.deepEqual(harness.faults, []);
    await harness.stop();
  });

  test("the path chooses the wallet; without one there must be exactly one", async () => {
    assert.equal((await harness.result("getwalletinfo"))["walletname"], "alice");
    harness.node.openWallets.set("bob b/c", new FakeWallet("bob b/c"));
    assert.equal((await harness.refusal("getwalletinfo"))[0], -19);
    assert.equal((await harness.result("getwalletinfo", [], ALICE))["walletname"], "alice");
    assert.equal((await harness.result("getwalletinfo", [], "/wallet/bob%20b%2Fc"))["walletname"], "bob b/c");
    assert.equal((await harness.refusal("getwalletinfo", [], "/wallet/nobody"))[0], -18);
    harness.node.openWallets.clear();
    assert.equal((await harness.refusal("getwalletinfo"))[0], -18);
  });

  test("createwallet, listwallets, and what is not supported", async () => {
    assert.deepEqual(await harness.result("createwallet", ["carol"]), { name: "carol" });
    assert.deepEqual(await harness.result("listwallets"), ["alice", "carol"]);
    assert.deepEqual(await harness.refusal("createwallet", ["carol"]), [-4, "there is a wallet carol already"]);
    assert.deepEqual(await harness.refusal("createwallet", ["dave", true]), [
      -4,
      "Wallets with disable_private_keys are not supported",
    ]);
  });

  test("getnewaddress knows two kinds, and takes a label without keeping it", async () => {
    assert.equal(await harness.result("getnewaddress", [], ALICE), ADDRESS);
    assert.match(await harness.result<string>("getnewaddress", ["", "legacy"], ALICE), /^m/);
    assert.deepEqual(await harness.refusal("getnewaddress", ["", "x"], ALICE), [-5, "Unknown address type 'x'"]);
    assert.equal(await harness.result("getnewaddress", ["shop", "bech32"], ALICE), ADDRESS);
  });

  test("balances are exact decimals", async () => {
    const { text } = await harness.call("getbalances", [], ALICE);
    assert.match(text, /"mine":\{"trusted":10\.00000000,"untrusted_pending":0\.00000001,"immature":50\.00000000\}/);
    assert.equal(await harness.result("getbalance", [], ALICE), 10);
    assert.equal(await harness.result("getbalance", ["*", 2], ALICE), 1.23456789);
    assert.equal(await harness.result("getbalance", ["*", 3], ALICE), 0);
    assert.equal((await harness.refusal("getbalance", ["bob"], ALICE))[0], -8);
  });

  test("listunspent filters by confirmations, address and safety, without immature coins", async () => {
    const vouts = async (given: unknown): Promise<number[]> =>
      (await harness.result<{ vout: number }[]>("listunspent", given, ALICE)).map(({ vout }) => vout);
    assert.deepEqual(await vouts([]), [1]);
    assert.deepEqual(await vouts([0]), [1, 2]);
    assert.deepEqual(await vouts({ minconf: 0, include_unsafe: false }), [1]);
    assert.deepEqual(await vouts([0, 0]), [2]);
    assert.deepEqual(await vouts([0, 9, [OWN_ADDRESS]]), []);
    assert.equal((await harness.refusal("listunspent", [0, 9, ["x"]], ALICE))[0], -5);
  });

  test("sendtoaddress takes amounts exactly, as number and as text", async () => {
    for (const written of ["0.1", "1e-8", "9.99999999", '"0.10000000"', "2"]) {
      const body = `{"method":"sendtoaddress","params":["${ADDRESS}",${written}]}`;
      assert.equal((await harness.callText(body, ALICE)).error, null, written);
    }
    assert.deepEqual(
      alice.payments.map(({ amount }) => amount),
      [10_000_000n, 1n, 999_999_999n, 10_000_000n, 200_000_000n],
    );
    const named = { address: ADDRESS, amount: 1, fee_rate: 2.5, subtractfeefromamount: true, verbose: true };
    const sent = await harness.result("sendtoaddress", named, ALICE);
    assert.match(String(sent["txid"]), /^[0-9a-f]{64}$/);
    assert.deepEqual([alice.payments.at(-1)?.feeRate, alice.payments.at(-1)?.subtractFee], [2.5, true]);
  });

  test("sendtoaddress takes every position that bitcoind's clients fill, comments too", async () => {
    const paid = async (...given: readonly unknown[]): Promise<(typeof alice.payments)[number] | undefined> => {
      assert.match(await harness.result<string>("sendtoaddress", [ADDRESS, 1, ...given], ALICE), /^[0-9a-f]{64}$/);
      return alice.payments.at(-1);
    };
    assert.equal((await paid("drinks", "room77"))?.subtractFee, false);
    assert.equal((await paid("", "", true))?.subtractFee, true);
    assert.equal((await paid("donation", "sean's outpost", false, true, 6, "economical"))?.feeRate, undefined);
    const last = await paid(null, null, null, null, null, "unset", null, "25.5");
    assert.deepEqual([last?.feeRate, last?.subtractFee], [25.5, false]);
    const verbose = [ADDRESS, 1, null, null, null, null, null, null, null, 1, true];
    assert.match(String((await harness.result("sendtoaddress", verbose, ALICE))["fee_reason"]), /^fee_rate$/);
    assert.equal((await harness.refusal("sendtoaddress", [...verbose, "twelfth"], ALICE))[0], -1);
  });

  test("sendtoaddress refuses what cannot be paid", async () => {
    const cases: readonly (readonly [readonly unknown[], number, RegExp])[] = [
      [["nonsense", 1], -5, /^Invalid Bitcoin address: nonsense$/],
      [[ADDRESS, 0], -3, /^Invalid amount for send$/],
      [[ADDRESS, -1], -3, /^Amount out of range$/],
      [[ADDRESS, 21_000_001], -3, /^Amount out of range$/],
      [[ADDRESS, "0.000000001"], -3, /^Invalid amount$/],
      [[ADDRESS, "01"], -3, /^Invalid amount$/],
      [[ADDRESS, true], -3, /^Amount is not a number or string$/],
      [[ADDRESS, null], -3, /^Amount is not a number or string$/],
      [[ADDRESS, 11], -6, /^Insufficient funds: too few in this test$/],
    ];
    for (const [given, code, message] of cases) {
      const refused = await harness.refusal("sendtoaddress", given, ALICE);
      assert.equal(refused[0], code, JSON.stringify(given));
      assert.match(refused[1], message);
    }
    assert.equal((await harness.refusal("sendtoaddress", { address: ADDRESS, amount: 1, fee_rate: 0 }, ALICE))[0], -8);
    assert.equal(alice.payments.length, 0);
  });

  test("listtransactions and gettransaction: reward, payment, and one that a reorganisation replaced", async () => {
    const [, first] = harness.node.data.active;
    assert.ok(first);
    const reward = coinbaseTx("one");
    const own = { value: 50n * COIN, scriptPubKey: MINER_SCRIPT };
    const payment = spendingTx({ txid: reward.txid, vout: 0 }, [
      { value: COIN, scriptPubKey: PAYEE_SCRIPT },
      { value: 49n * COIN - 141n, scriptPubKey: MINER_SCRIPT },
    ]);
    const block = { hash: first.hash, height: 1, index: 0 };
    const common = { timeMs: 1_800_000_000_500, conflicts: [] };
    alice.history.push({ ...common, tx: reward, block, inMempool: false, ownInputs: [undefined] });
    alice.history.push({ ...common, tx: payment, inMempool: true, ownInputs: [own] });
    const listed = await harness.result<Record<string, unknown>[]>("listtransactions", [], ALICE);
    assert.deepEqual(
      listed.map((entry) => [entry["category"], entry["amount"], entry["fee"], entry["confirmations"]]),
      [
        ["immature", 50, undefined, 2],
        ["send", -1, -0.00000141, 0],
      ],
    );
    assert.equal(listed[1]?.["trusted"], true);
    assert.equal((await harness.result<unknown[]>("listtransactions", ["*", 1, 1], ALICE)).length, 1);
    assert.equal((await harness.refusal("listtransactions", ["*", -1], ALICE))[0], -8);

    const replacement = spendingTx({ txid: reward.txid, vout: 0 }, [{ value: 1n, scriptPubKey: MINER_SCRIPT }]);
    alice.history.push({
      ...common,
      tx: replacement,
      block,
      inMempool: false,
      ownInputs: [own],
      conflicts: [payment.txid],
    });
    alice.history[1] = { ...common, tx: payment, inMempool: false, ownInputs: [own], conflicts: [replacement.txid] };
    const lost = await harness.result("gettransaction", [payment.txid, true, true], ALICE);
    assert.deepEqual([lost["confirmations"], lost["amount"], lost["fee"]], [-2, -1, -0.00000141]);
    assert.deepEqual(lost["walletconflicts"], [replacement.txid]);
    assert.equal((lost["decoded"] as { txid: Txid }).txid, payment.txid);
    assert.deepEqual(await harness.refusal("gettransaction", ["aa".repeat(32)], ALICE), [
      -5,
      "Invalid or non-wallet transaction id",
    ]);
  });

  test("getaddressinfo tells own addresses from others", async () => {
    assert.equal((await harness.result("getaddressinfo", [OWN_ADDRESS], ALICE))["ismine"], true);
    assert.equal((await harness.result("getaddressinfo", [ADDRESS], ALICE))["ismine"], false);
    assert.equal((await harness.refusal("getaddressinfo", ["x"], ALICE))[0], -5);
  });

  test("forkyard_signpayment makes a payment and keeps it", async () => {
    const made = await harness.result("forkyard_signpayment", [ADDRESS, "0.5"], ALICE);
    assert.match(String(made["hex"]), /^02000000/);
    assert.equal(made["fee"], 141);
    assert.equal((await harness.refusal("forkyard_signpayment", ["x", 1], ALICE))[0], -5);
  });

  test("forkyard_doublespend makes the contradiction and says what it costs", async () => {
    const made = await harness.result("forkyard_doublespend", { txid: "ef".repeat(32) }, ALICE);
    assert.equal(made["fee"], 200);
    assert.match(String(made["hex"]), /^02000000/);
    assert.equal((await harness.refusal("forkyard_doublespend", ["aa".repeat(32)], ALICE))[0], -8);
  });
});
