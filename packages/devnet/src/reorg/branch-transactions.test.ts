import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { branchTransactions, type RemovedBlock, type RemovedTransaction } from "./branch-transactions.ts";
import { transactionFates } from "./transaction-fates.ts";

function tx(txid: string, ...spends: string[]): RemovedTransaction {
  return { txid, hex: `hex-${txid}`, coinbase: false, spends };
}

function block(height: number, ...txs: RemovedTransaction[]): RemovedBlock {
  const coinbase: RemovedTransaction = { txid: `reward${height}`, hex: "", coinbase: true, spends: [] };
  return { hash: `block${height}`, height, txs: [coinbase, ...txs] };
}

const BLOCKS = [
  block(1, tx("payment", "old:0")),
  block(2, tx("child", "payment:1"), tx("other", "old:5")),
  block(3, tx("grandchild", "child:0"), tx("rewarded", "reward1:0")),
];

describe("transactions of the branch", () => {
  test("keep: all in order, but what spends a reward that is gone", () => {
    assert.deepEqual(branchTransactions("keep", BLOCKS), ["hex-payment", "hex-child", "hex-other", "hex-grandchild"]);
  });

  test("drop: none", () => {
    assert.deepEqual(branchTransactions("drop", BLOCKS), []);
  });

  test("replace: the conflict in the payment's place, its descendants left out, all others kept", () => {
    const replacement = { txid: "payment", byHex: "hex-conflict" };
    assert.deepEqual(branchTransactions("replace", BLOCKS, replacement), ["hex-conflict", "hex-other"]);
  });
});

describe("fates", () => {
  test("mined again, replaced, back in the mempool, gone; rewards are not told", () => {
    const fates = transactionFates(BLOCKS, {
      branchTxids: new Set(["other", "conflict"]),
      mempoolTxids: new Set(["rewarded"]),
      branchSpenders: new Map([["old:0", "conflict"]]),
    });
    assert.deepEqual(fates, [
      { txid: "payment", fate: "replaced", replacedBy: "conflict" },
      { txid: "child", fate: "dropped" },
      { txid: "other", fate: "mined" },
      { txid: "grandchild", fate: "dropped" },
      { txid: "rewarded", fate: "mempool" },
    ]);
  });
});
