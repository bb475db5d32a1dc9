import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { loadDevnetConfig } from "@forkyard/devnet/config/load-config";
import { planDevnet } from "@forkyard/devnet/config/plan-devnet";
import { devnetFolder } from "@forkyard/devnet/folder/layout";
import { parseNodeConfig } from "@forkyard/node/config";
import { memberConfig, memberOf, memberState } from "../../docker/src/member-plan.ts";

const plan = planDevnet(loadDevnetConfig(undefined, {}));
const folder = devnetFolder({}, { FORKYARD_HOME: "/data" });

describe("a member of a devnet in its container", () => {
  test("the node program takes its config: peers by name, RPC on loopback, mining off until wallets are funded", () => {
    const config = parseNodeConfig(memberConfig(folder, plan, memberOf(plan, "node2")), "test");
    assert.deepEqual(config.p2p, {
      host: "0.0.0.0",
      port: 18444,
      staticPeers: ["node1", "node3", "node4", "node5"].map((name) => `/dns4/${name}/tcp/18444`),
      mdns: false,
    });
    assert.deepEqual(config.rpc, { host: "127.0.0.1", port: 18443 });
    assert.equal(config.mining.hashRate, 0);
    assert.equal(config.mining.payTo, "miner2");
    assert.equal(config.dataDir, "/data/default/node2");
  });

  test("commands in the container find the node where its config puts it", () => {
    const state = memberState(folder, memberOf(plan, "node3"));
    assert.equal(state.rpc, "http://127.0.0.1:18443");
    assert.equal(state.cookieFile, "/data/default/node3/.cookie");
    assert.deepEqual(state.wallets, ["merchant", "miner3"]);
  });

  test("a name that is no node's is refused with those there are", () => {
    assert.throws(
      () => memberOf(plan, "node6"),
      new InputError('the devnet has no node "node6": give one of node1, node2, node3, node4, node5'),
    );
  });
});
