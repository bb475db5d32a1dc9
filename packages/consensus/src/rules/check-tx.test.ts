import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Txid, ZERO_HASH } from "@forkyard/core/hash";
import { NULL_VOUT, type Transaction } from "@forkyard/core/tx";
import { MAX_MONEY } from "@forkyard/core/units";
import { assertRule } from "../testing/assert-rule.ts";
import { coinbaseFor, inputOf, payment } from "../testing/build-block.ts";
import { checkTransaction } from "./check-tx.ts";
import type { RuleCode } from "./codes.ts";

const TXID = "11".repeat(32) as Txid;
const INPUT = inputOf(TXID, 0);
const NULL_INPUT = inputOf(ZERO_HASH as Txid, NULL_VOUT);

function coinbaseWithScript(bytes: number): Transaction {
  return payment([{ ...NULL_INPUT, scriptSig: new Uint8Array(bytes) }], [1n]);
}

describe("check-tx", () => {
  test("accepts an ordinary payment and a coinbase", () => {
    checkTransaction(payment([INPUT, inputOf(TXID, 1)], [0n, MAX_MONEY]));
    checkTransaction(coinbaseFor(1, 50n, 0));
  });

  const broken: readonly [RuleCode, string, Transaction][] = [
    ["bad-txns-vin-empty", "no inputs", payment([], [1n])],
    ["bad-txns-vout-empty", "no outputs", payment([INPUT], [])],
    ["bad-txns-oversize", "a megabyte", payment([{ ...INPUT, scriptSig: new Uint8Array(1_000_000) }], [1n])],
    ["bad-txns-vout-negative", "minus one", payment([INPUT], [-1n])],
    ["bad-txns-vout-toolarge", "21 million and one satoshi", payment([INPUT], [MAX_MONEY + 1n])],
    ["bad-txns-txouttotal-toolarge", "the sum is too large", payment([INPUT], [MAX_MONEY, 1n])],
    ["bad-txns-inputs-duplicate", "twice the same", payment([INPUT, inputOf(TXID, 1), INPUT], [1n])],
    ["bad-txns-prevout-null", "null among others", payment([INPUT, NULL_INPUT], [1n])],
    ["bad-cb-length", "one byte", coinbaseWithScript(1)],
    ["bad-cb-length", "101 bytes", coinbaseWithScript(101)],
  ];
  for (const [code, what, tx] of broken) {
    test(`${code}: ${what}`, () => {
      assert.equal(assertRule(code, () => checkTransaction(tx)).data["txid"], tx.txid);
    });
  }

  test("a coinbase's script has 2 to 100 bytes", () => {
    checkTransaction(coinbaseWithScript(2));
    checkTransaction(coinbaseWithScript(100));
  });

  test("size counts without witnesses: they are the block's business", () => {
    checkTransaction(payment([{ ...INPUT, witness: [new Uint8Array(1_500_000)] }], [1n]));
  });
});
