import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { parseDevnetConfig } from "./devnet-config.ts";

describe("devnet config", () => {
  test("an empty file is the default devnet", () => {
    const config = parseDevnetConfig(null, "file");
    assert.equal(config.nodes, 5);
    assert.equal(config.network, "devnet");
    assert.equal(config.portBase, 18443);
    assert.equal(config.restart, "on-failure");
  });

  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ["an unknown key", { node: 5 }, /^file: the document: .*node/],
    ["no nodes", { nodes: 0 }, /^file: nodes: /],
    ["too many nodes", { nodes: 51 }, /^file: nodes: /],
    ["half a node", { nodes: 2.5 }, /^file: nodes: /],
    ["a network that has no devnet", { network: "mainnet" }, /^file: network: .*devnet.*regtest/],
    ["a privileged port", { portBase: 80 }, /^file: portBase: /],
    ["a negative hash rate", { hashRate: -1 }, /^file: hashRate: /],
    ["a name that is a path", { nodes: [{ name: "../up" }] }, /^file: nodes.*/],
    ["a wallet name that is a path", { wallets: { "a/b": "node1" } }, /^file: wallets/],
    ["a list", [], /^file: the document/],
  ];
  for (const [what, value, message] of wrong) {
    test(`refuses ${what} in one line`, () => {
      assert.throws(
        () => parseDevnetConfig(value, "file"),
        (error: unknown) => {
          assert.ok(error instanceof InputError);
          assert.match(error.message, message);
          assert.ok(!error.message.includes("\n"), error.message);
          return true;
        },
      );
    });
  }
});
