import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { parseDevnetConfig } from "./devnet-config.ts";
import { type DevnetPlan, planDevnet } from "./plan-devnet.ts";

function plan(config: object): DevnetPlan {
  return planDevnet(parseDevnetConfig(config, "test"));
}

describe("devnet plan", () => {
  test("five nodes share 100 kH/s, ports go in tens, wallets have hosts", () => {
    const { nodes } = plan({});
    assert.deepEqual(
      nodes.map((node) => node.name),
      ["node1", "node2", "node3", "node4", "node5"],
    );
    assert.deepEqual(
      nodes.map((node) => node.rpcPort),
      [18443, 18453, 18463, 18473, 18483],
    );
    assert.deepEqual(
      nodes.map((node) => node.p2pPort),
      [18444, 18454, 18464, 18474, 18484],
    );
    assert.deepEqual(
      nodes.map((node) => node.hashRate),
      [2600, 2600, 2600, 2600, 2600],
    );
    assert.deepEqual(
      nodes.map((node) => node.wallets),
      [["alice", "miner1"], ["bob", "miner2"], ["merchant", "miner3"], ["miner4"], ["miner5"]],
    );
    assert.deepEqual(nodes[1]?.neighbours, ["node1", "node3", "node4", "node5"]);
  });

  test("regtest asks for two hashes every five seconds", () => {
    const { nodes } = plan({ network: "regtest" });
    assert.equal(nodes.reduce((sum, node) => sum + node.hashRate, 0).toFixed(6), "0.400000");
  });

  test("hash shares are divided by their sum", () => {
    const { nodes } = plan({
      nodes: [{ hashShare: 3 }, { name: "whale", hashShare: 1 }, { hashShare: 0 }],
      hashRate: 1000,
    });
    assert.deepEqual(
      nodes.map((node) => node.hashRate),
      [750, 250, 0],
    );
    assert.deepEqual(
      nodes.map((node) => node.name),
      ["node1", "whale", "node3"],
    );
    assert.deepEqual(plan({ nodes: [{ hashShare: 0 }] }).nodes[0]?.hashShare, 0);
  });

  test("a single node holds all wallets", () => {
    assert.deepEqual(plan({ nodes: 1 }).nodes[0]?.wallets, ["alice", "bob", "merchant", "miner1"]);
    assert.deepEqual(plan({ nodes: 1 }).nodes[0]?.neighbours, []);
  });

  test("wallets can be moved and added", () => {
    const { nodes } = plan({ nodes: 2, wallets: { merchant: "node1", exchange: "node2" } });
    assert.deepEqual(
      nodes.map((node) => node.wallets),
      [
        ["alice", "merchant", "miner1"],
        ["bob", "exchange", "miner2"],
      ],
    );
  });

  for (const [what, config, message] of [
    ["two nodes of one name", { nodes: [{ name: "a" }, { name: "a" }] }, /two nodes are named a/],
    ["a default name that is taken", { nodes: [{ name: "node2" }, {}] }, /two nodes are named node2/],
    ["a wallet on a node that is not there", { wallets: { alice: "node9" } }, /there is no such node/],
    ["a miner's wallet on another node", { wallets: { miner1: "node2" } }, /choose another name/],
    ["ports beyond the last", { portBase: 65500, nodes: 10 }, /would need port 65591/],
  ] as const) {
    test(`refuses ${what}`, () => {
      assert.throws(
        () => plan(config),
        (error: unknown) => error instanceof InputError && message.test(error.message),
      );
    });
  }
});
