import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import type { RemovedBlock } from "./branch-transactions.ts";
import { chooseAttacker } from "./choose-attacker.ts";
import { chooseVictim, type Payment } from "./choose-victim.ts";
import { parseDepth, requireDepth } from "./parse-depth.ts";

function block(height: number, ...txids: string[]): RemovedBlock {
  return { hash: `b${height}`, height, txs: txids.map((txid) => ({ txid, hex: "", coinbase: false, spends: [] })) };
}

function payment(txid: string, receiver: string): Payment {
  return { txid, payer: "alice", receiver, amount: 5n };
}

describe("the payment to take back", () => {
  test("the oldest to the merchant, wherever it is in the removed blocks", () => {
    const blocks = [block(1, "a"), block(2, "b", "c"), block(3, "d")];
    const payments = [payment("a", "bob"), payment("c", "merchant"), payment("d", "merchant")];
    assert.equal(chooseVictim(blocks, payments)?.txid, "c");
  });

  test("else the oldest between other wallets", () => {
    assert.equal(chooseVictim([block(1, "x"), block(2, "a")], [payment("a", "bob")])?.txid, "a");
  });

  test("none when the removed blocks hold no payment of ours", () => {
    assert.equal(chooseVictim([block(1, "x")], [payment("a", "merchant")]), undefined);
  });
});

describe("the attacker", () => {
  test("is the last node without a named wallet, else the last", () => {
    const nodes = [
      { name: "node1", wallets: ["alice", "miner1"] },
      { name: "node2", wallets: ["miner2"] },
      { name: "node3", wallets: ["merchant", "miner3"] },
    ];
    assert.equal(chooseAttacker(nodes)?.name, "node2");
    assert.equal(chooseAttacker(nodes.filter((node) => node.name !== "node2"))?.name, "node3");
    assert.equal(chooseAttacker([]), undefined);
  });
});

describe("the depth", () => {
  test("is a whole number from 1 on, within the limit and the chain", () => {
    assert.equal(parseDepth("6"), 6);
    for (const wrong of ["0", "-1", "1.5", "three", "", "1e3", "2001", "99999999999"]) {
      assert.throws(() => parseDepth(wrong), InputError, wrong);
    }
    requireDepth(5, 5);
    assert.throws(() => requireDepth(6, 5), /the chain has 5 blocks/);
  });
});
