import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Coin } from "@forkyard/core/coins";
import type { Txid } from "@forkyard/core/hash";
import { networkByName } from "@forkyard/core/params/networks";
import { MAX_MONEY } from "@forkyard/core/units";
import { assertRule } from "../testing/assert-rule.ts";
import { ANYONE_CAN_SPEND, inputOf, payment } from "../testing/build-block.ts";
import { checkTxInputs } from "./check-inputs.ts";

const regtest = networkByName("regtest");
const TXID = "11".repeat(32) as Txid;

function coin(value: bigint, change: Partial<Coin> = {}): Coin {
  return { output: { value, scriptPubKey: ANYONE_CAN_SPEND }, height: 1, coinbase: false, ...change };
}

/** Fee of a transaction that spends these coins, in order, for these outputs. */
function feeOf(coins: readonly (Coin | undefined)[], outputs: readonly bigint[], height = 200): bigint {
  const tx = payment(
    coins.map((_, vout) => inputOf(TXID, vout)),
    outputs,
  );
  return checkTxInputs(tx, ({ vout }) => coins[vout], height, regtest);
}

describe("check-inputs", () => {
  test("the fee is what the outputs leave", () => {
    assert.equal(feeOf([coin(30n), coin(12n)], [40n]), 2n);
    assert.equal(feeOf([coin(5n)], [5n]), 0n);
  });

  test("bad-txns-inputs-missingorspent: names the output that is not there", () => {
    const { data } = assertRule("bad-txns-inputs-missingorspent", () => feeOf([coin(5n), undefined], [1n]));
    assert.deepEqual([data["spentTxid"], data["spentVout"]], [TXID, 1]);
  });

  test("bad-txns-premature-spend-of-coinbase: a hundred blocks deep is deep enough", () => {
    const coinbase = coin(5n, { coinbase: true, height: 10 });
    assertRule("bad-txns-premature-spend-of-coinbase", () => feeOf([coinbase], [5n], 109));
    assert.equal(feeOf([coinbase], [5n], 110), 0n);
    assert.equal(feeOf([coin(5n, { height: 109 })], [5n], 109), 0n, "other coins need not mature");
  });

  test("bad-txns-inputvalues-outofrange: no coin and no sum above 21 million", () => {
    assertRule("bad-txns-inputvalues-outofrange", () => feeOf([coin(MAX_MONEY + 1n)], [1n]));
    assertRule("bad-txns-inputvalues-outofrange", () => feeOf([coin(MAX_MONEY), coin(1n)], [1n]));
    assertRule("bad-txns-inputvalues-outofrange", () => feeOf([coin(-1n)], [0n]));
  });

  test("bad-txns-in-belowout: nothing comes from nothing", () => {
    const { data } = assertRule("bad-txns-in-belowout", () => feeOf([coin(5n)], [3n, 3n]));
    assert.deepEqual([data["valueIn"], data["valueOut"]], ["5", "6"]);
  });

  test("bad-txns-fee-outofrange: even when the outputs were never checked", () => {
    assertRule("bad-txns-fee-outofrange", () => feeOf([coin(MAX_MONEY)], [-1n]));
  });
});
