/** Five real nodes on the devnet network, driven by the command alone: mine, pay, reorganise, cut, heal, kill. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { devnetFolder } from "@forkyard/devnet/folder/layout";
import { NetWatch } from "@forkyard/devnet/observe/net-watch";
import type { DevnetStatus } from "@forkyard/devnet/observe/status";
import type { HealResult } from "@forkyard/devnet/partition/partition";
import type { PayResult } from "@forkyard/devnet/pay";
import { RunningDevnet } from "@forkyard/devnet/remote/running-devnet";
import { awaitSwitch, SwitchLog } from "@forkyard/devnet/reorg/await-switch";
import type { ReorgResult } from "@forkyard/devnet/reorg/reorg";
import type { WalletLine } from "@forkyard/devnet/wallets";
import { Home, processRuns } from "./support/command.ts";

const COIN = 100_000_000;
const NODES = ["node1", "node2", "node3", "node4", "node5"];
/** Of each node, in hashes a second: a fifth of the default. */
const HASH_RATE = "2600";
/** What the issue promises on an idle machine, with room for a busy one. */
const START_LIMIT_MS = 30_000;
const REORG_LIMIT_MS = 20_000;
const BLOCK_LIMIT_MS = 90_000;
const RESTART_LIMIT_MS = 30_000;

describe("a devnet of five nodes", { timeout: 8 * 60 * 1000 }, () => {
  let home: Home;
  before(async () => {
    home = await Home.create(NODES.length);
  });
  after(() => home.remove());

  async function setHashRate(rate: string): Promise<void> {
    for (const node of NODES) await home.json("rpc", "forkyard_setmining", rate, "--node", node);
  }

  /** Makes all nodes stop mining, so that the chain stands still while `use` counts blocks. */
  async function whileNobodyMines(use: () => Promise<void>): Promise<void> {
    await setHashRate("0");
    try {
      await use();
    } finally {
      await setHashRate(HASH_RATE);
    }
  }

  /** A payment to the merchant that is `depth` blocks deep. */
  async function payAndBury(depth: number): Promise<PayResult> {
    const paid = await home.json<PayResult>("pay", "alice", "merchant", "1.5");
    const { address } = await home.json<{ address: string }>("wallet", "new-address", "miner1");
    await home.json("rpc", "generatetoaddress", String(depth), address, "1000000000");
    await home.statusUntil((status) => status.agreed, BLOCK_LIMIT_MS);
    return paid;
  }

  async function balance(wallet: string): Promise<WalletLine> {
    return home.json<WalletLine>("wallet", "balance", wallet);
  }

  async function assertOnBranch(result: ReorgResult): Promise<void> {
    const tip = result.added.at(-1) ?? "";
    for (const node of NODES) {
      const header = await home.json<{ confirmations: number }>("rpc", "getblockheader", tip, "--node", node);
      assert.ok(header.confirmations > 0, `${node} is not on the branch`);
    }
  }

  test("up --detach: five agreeing nodes with funded wallets", async () => {
    const result = await home.run("up", "--nodes", "5", "--port-base", String(home.portBase), "--detach", "--json");
    assert.equal(result.code, 0, result.stderr);
    assert.ok(result.milliseconds < START_LIMIT_MS, `took ${result.milliseconds} ms`);
    const status = JSON.parse(result.stdout) as DevnetStatus;
    assert.ok(status.agreed);
    assert.ok(status.height >= 3);
    const curve = selectCurve().name;
    assert.ok(status.nodes.every((node) => node.curve === curve && node.grinder === "wasm-simd128"));
    assert.deepEqual(
      status.nodes.map((node) => node.name),
      NODES,
    );
    assert.equal(new Set(status.nodes.map((node) => node.peerId)).size, 5);
    assert.ok(status.nodes.every((node) => node.running && (node.peers ?? 0) > 0 && node.hashShare === 0.2));

    const { wallets } = await home.json<{ wallets: readonly WalletLine[] }>("wallet", "list");
    assert.equal(wallets.length, 8);
    for (const wallet of wallets) assert.ok(wallet.confirmed >= 50 * COIN, wallet.wallet);
  });

  test("pay: a payment reaches every mempool and is mined", async () => {
    const earlier = await balance("merchant");
    const paid = await home.json<PayResult>("pay", "bob", "merchant", "0.25", "--wait");
    assert.deepEqual(paid.seenBy, NODES);
    assert.equal(paid.amount, 0.25 * COIN);
    assert.ok(paid.fee > 0);
    const tx = await home.json<{ vin: { txinwitness: string[] }[]; vout: { scriptPubKey: { type: string } }[] }>(
      "rpc",
      "getrawtransaction",
      paid.txid,
      "true",
      paid.block?.hash ?? "",
    );
    assert.ok(tx.vin.every((input) => input.txinwitness.length === 2));
    assert.ok(tx.vout.every((output) => output.scriptPubKey.type === "witness_v0_keyhash"));
    await home.statusUntil((status) => status.agreed, BLOCK_LIMIT_MS);
    assert.equal((await balance("merchant")).confirmed - earlier.confirmed, 0.25 * COIN);
  });

  test("reorg --txs keep: the payment is mined again on the new branch", () =>
    whileNobodyMines(async () => {
      const paid = await payAndBury(2);
      const result = await home.json<ReorgResult>("reorg", "2");
      assertReorg(result, 2);
      await assertOnBranch(result);
      assert.deepEqual(result.transactions, [{ txid: paid.txid, fate: "mined" }]);
      assert.equal(result.balances["merchant"]?.before, result.balances["merchant"]?.after);
    }));

  test("reorg --txs drop: the payment goes back to the mempools", () =>
    whileNobodyMines(async () => {
      const paid = await payAndBury(1);
      const result = await home.json<ReorgResult>("reorg", "1", "--txs", "drop");
      assertReorg(result, 1);
      assert.deepEqual(result.transactions, [{ txid: paid.txid, fate: "mempool" }]);
      for (const node of NODES) {
        assert.deepEqual(await home.json<string[]>("rpc", "getrawmempool", "--node", node), [paid.txid]);
      }
    }));

  test("reorg 6 --txs replace: a double spend makes the merchant poorer, and nothing out of nothing", async () => {
    const result = await home.json<ReorgResult>("reorg", "6", "--txs", "replace");
    assertReorg(result, 6);
    await assertOnBranch(result);
    const { payment } = result;
    assert.ok(payment !== undefined);
    assert.equal(payment.to, "merchant");
    const fate = result.transactions.find((tx) => tx.txid === payment.txid);
    assert.deepEqual(fate, { txid: payment.txid, fate: "replaced", replacedBy: payment.replacedBy });
    const merchant = result.balances["merchant"];
    assert.ok(merchant !== undefined && merchant.before - merchant.after >= payment.amount);
    for (const node of NODES) {
      const mempool = await home.json<string[]>("rpc", "getrawmempool", "--node", node);
      assert.ok(!mempool.includes(payment.txid));
    }
  });

  test("a branch that the net overtook before it was published is mined on until it has more work again", () =>
    whileNobodyMines(async () => {
      const devnet = RunningDevnet.attach(devnetFolder({}, { FORKYARD_HOME: home.path }));
      const watch = new NetWatch(devnet.running());
      try {
        await watch.open();
        const attacker = devnet.runningNode("node5");
        const { address } = await home.json<{ address: string }>("wallet", "new-address", "miner5");
        const { tip: forkPoint } = await attacker.status();
        const branch = await attacker.mineBranch({ forkPoint, blocks: 1, transactions: [], address });
        await devnet.runningNode("node1").generate(2, address);
        await home.statusUntil((status) => status.agreed, BLOCK_LIMIT_MS);
        const log = new SwitchLog(branch.blocks[0]?.hash ?? "");
        const stopListening = watch.listen((node, event) => log.push(node, event));
        await attacker.publishBranch(branch.branch);
        const published = { attacker, name: branch.branch, address };
        const added = await awaitSwitch(watch, log, published, NODES.length);
        stopListening();
        assert.deepEqual([...log.switchedAtMs.keys()].toSorted(), NODES);
        assert.equal(log.removed.length, 2);
        assert.ok(added.length > 0, "it was mined on");
      } finally {
        await watch.close();
        devnet.close();
      }
    }));

  test("partition and heal: two chains, then one", async () => {
    await home.json("partition", "node1,node2 / node3,node4,node5");
    const apart = await home.statusUntil(
      (status) => new Set(status.nodes.map((node) => node.tip)).size > 1,
      BLOCK_LIMIT_MS,
    );
    assert.deepEqual(apart.partition, [NODES.slice(0, 2), NODES.slice(2)]);
    assert.deepEqual(
      apart.nodes.map((node) => node.peers),
      [1, 1, 2, 2, 2],
    );
    const refused = await home.run("reorg", "1");
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /heal/);

    const healed = await home.json<HealResult>("heal");
    assert.ok(healed.agreed);
    const whole = await home.statusUntil((status) => status.agreed, BLOCK_LIMIT_MS);
    assert.equal(whole.partition, null);
  });

  test("heal: sides of the same work agree with the next block, and not before", async () => {
    const { address } = await home.json<{ address: string }>("wallet", "new-address", "bob");
    await whileNobodyMines(async () => {
      await home.statusUntil((status) => status.agreed, BLOCK_LIMIT_MS);
      await home.json("partition", "node1");
      for (const node of ["node1", "node2"]) await home.json("rpc", "generatetoaddress", "1", address, "--node", node);
      const tied = await home.run("heal", "--json");
      assert.equal(tied.code, 1);
      assert.deepEqual(pick(JSON.parse(tied.stdout)), { agreed: false, tie: true });
      await home.json("rpc", "generatetoaddress", "1", address, "--node", "node1");
      assert.deepEqual(pick(await home.json<HealResult>("heal")), { agreed: true, tie: false });
    });
  });

  test("a node that is killed comes back and catches up", async () => {
    const { nodes } = await home.status();
    const victim = nodes[1];
    assert.ok(victim !== undefined && victim.pid !== null);
    process.kill(victim.pid, "SIGKILL");
    const back = await home.statusUntil(
      (status) => status.agreed && status.nodes[1]?.pid !== victim.pid && status.nodes[1]?.running === true,
      RESTART_LIMIT_MS,
    );
    assert.equal(back.nodes[1]?.peerId, victim.peerId);
    assert.equal(new Set(back.nodes.map((node) => JSON.stringify(node.coins))).size, 1);
  });

  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [["pay", "alice", "merchant", "1.123456789"], /is not an amount/],
    [["pay", "alice", "merchant", "0"], /the amount is 0/],
    [["pay", "alice", "merchant", "20000000"], /Insufficient funds/],
    [["pay", "nobody", "merchant", "1"], /there is no wallet "nobody"/],
    [["pay", "alice", "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "1"], /nor a devnet address/],
    [["reorg", "1999"], /cannot be taken back/],
    [["reorg", "1", "--attacker", "node9"], /there is no node "node9"/],
    [["partition", "node1,node9"], /there is no node "node9"/],
    [["wallet", "balance", "nobody"], /there is no wallet/],
    [["logs", "node9"], /there is no node/],
    [["up"], /already runs/],
  ];
  for (const [words, message] of wrong) {
    test(`forkyard ${words.join(" ")} is refused in one line`, async () => {
      const result = await home.run(...words);
      assert.equal(result.code, 2);
      assert.match(result.stderr, message);
      assert.equal(result.stderr.trim().split("\n").length, 1, result.stderr);
      assert.equal(result.stdout, "");
    });
  }

  test("rpc passes any method on; a wrong call is exit code 2, a refusal 1", async () => {
    assert.equal(await home.json<string>("rpc", "getblockhash", "0").then((hash) => hash.length), 64);
    const cases: readonly (readonly [readonly string[], number, number, RegExp])[] = [
      [
        ["nosuchmethod"],
        2,
        -32601,
        /^forkyard: the node has no method "nosuchmethod": "forkyard rpc help" lists them\n$/,
      ],
      [["getblock"], 2, -1, /^forkyard: usage: getblock "blockhash" .*: "forkyard rpc help getblock" says more\n$/],
      [["getblock", "zz"], 2, -8, /^forkyard: blockhash must be of length 64 \(not 2, for 'zz'\)\n$/],
      [["submitheader", "00".repeat(80)], 1, -25, /^forkyard: Must submit previous header /],
    ];
    for (const [words, exitCode, code, line] of cases) {
      const failed = await home.run("rpc", ...words, "--json");
      assert.deepEqual([failed.code, failed.stderr.match(line) === null], [exitCode, false], failed.stderr);
      assert.equal((JSON.parse(failed.stdout) as { error: { code: number } }).error.code, code);
    }
  });

  test("logs show what the nodes wrote", async () => {
    const { lines } = await home.json<{ lines: readonly { node: string }[] }>("logs", "node2");
    assert.ok(lines.length > 0 && lines.every((line) => line.node === "node2"));
  });

  test("down ends every process", async () => {
    const { nodes } = await home.status();
    const result = await home.json<{ stopped: readonly string[] }>("down");
    assert.deepEqual(result.stopped, NODES);
    assert.deepEqual(
      nodes.filter((node) => node.pid !== null && processRuns(node.pid)),
      [],
    );
    assert.equal((await home.run("status")).code, 2);
  });
});

function assertReorg(result: ReorgResult, depth: number): void {
  assert.equal(result.depth, depth);
  assert.ok(result.removed.length >= depth);
  assert.ok(result.added.length > result.removed.length);
  assert.deepEqual(
    result.nodes.map((node) => node.name),
    NODES,
  );
  assert.ok(result.milliseconds < REORG_LIMIT_MS, `took ${result.milliseconds} ms`);
  for (const { coins, issued } of [result.supply.before, result.supply.after]) assert.equal(coins, issued);
}

function pick({ agreed, tie }: HealResult): Pick<HealResult, "agreed" | "tie"> {
  return { agreed, tie };
}
