import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Transaction, type TxOutput } from "@forkyard/core/tx";
import { selectCurve } from "../curve/select-curve.ts";
import { MANDATORY_SCRIPT_FLAGS } from "../rules/script/flags.ts";
import { partsOf } from "../rules/script/sighash/tx-parts.ts";
import { verifyInput } from "../rules/script/verify-script.ts";
import { keyHashSweep, type QuadraticSpend, vainCheckSpend } from "./quadratic-spend.ts";

const curve = selectCurve();

/** Runs all inputs and says how many bytes that hashed. */
function hashedBytes({ coins, tx }: QuadraticSpend): number {
  const spent = coins.map(({ coin }): TxOutput => coin.output);
  const decoded = Transaction.fromBytes(tx.encode());
  for (let inputIndex = 0; inputIndex < spent.length; inputIndex++) {
    verifyInput({ tx: decoded, inputIndex, spent, flags: MANDATORY_SCRIPT_FLAGS }, curve);
  }
  return partsOf(decoded).hashedBytes;
}

describe("one transaction with many legacy inputs", () => {
  for (const [name, make] of [
    ["checks in vain", vainCheckSpend],
    ["P2PKH", keyHashSweep],
  ] as const) {
    test(`${name}: all scripts pass, and twice the inputs take about four times the hashing, no more`, () => {
      const [few, many] = [hashedBytes(make(150)), hashedBytes(make(300))];
      assert.ok(many / few > 3.5 && many / few < 4.2, `${few} and ${many} bytes`);
    });
  }
});
