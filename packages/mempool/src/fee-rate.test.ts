import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_MONEY } from "@forkyard/core/units";
import * as fc from "fast-check";
import { compareRates, feeAt, rateOf } from "./fee-rate.ts";

const fees = fc.oneof(fc.bigInt(0n, MAX_MONEY), fc.bigInt(0n, 100_000n));
const sizes = fc.integer({ min: 1, max: 4_000_000 });

test("fee rates compare exactly, small and large", () => {
  fc.assert(
    fc.property(fees, sizes, fees, sizes, (feeA, sizeA, feeB, sizeB) => {
      const difference = feeA * BigInt(sizeB) - feeB * BigInt(sizeA);
      const expected = difference < 0n ? -1 : difference > 0n ? 1 : 0;
      assert.equal(compareRates(feeA, sizeA, feeB, sizeB) + 0, expected);
    }),
  );
});

test("fees are rounded up, rates down", () => {
  assert.equal(feeAt(1_000n, 141), 141n);
  assert.equal(feeAt(1_001n, 141), 142n);
  assert.equal(feeAt(0n, 141), 0n);
  assert.equal(rateOf(141n, 142), 992n);
});
