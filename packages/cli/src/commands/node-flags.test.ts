import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseNodeConfig } from "@forkyard/node/config";
import { nodeDocument } from "./node-flags.ts";

const place = { network: "devnet", dataDir: "/data" };

describe("flags of forkyard node", () => {
  test("none are the defaults of a node's configuration", () => {
    assert.deepEqual(
      parseNodeConfig({ ...place, ...nodeDocument({}) }, "flags"),
      parseNodeConfig({ ...place }, "nothing"),
    );
  });

  test("each is a key of it", () => {
    const config = parseNodeConfig(
      {
        ...place,
        ...nodeDocument({
          nodeName: "desk7",
          rpcPort: "1001",
          p2pPort: "1002",
          p2pHost: "0.0.0.0",
          connect: ["/ip4/127.0.0.1/tcp/1003"],
          mdns: true,
          mine: "5000",
          payTo: "fyrd1q",
          dbCache: "128",
        }),
      },
      "flags",
    );
    assert.equal(config.name, "desk7");
    assert.deepEqual(config.rpc, { host: "127.0.0.1", port: 1001 });
    const staticPeers = ["/ip4/127.0.0.1/tcp/1003"];
    assert.deepEqual(config.p2p, { host: "0.0.0.0", port: 1002, staticPeers, mdns: true });
    assert.deepEqual(config.mining, { hashRate: 5000, payTo: "fyrd1q", workers: 0 });
    assert.equal(config.database.cacheMegabytes, 128);
  });
});
