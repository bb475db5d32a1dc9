import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { addSums, COIN_SUM_KEY_BYTES, CoinSum } from "./coin-sum.ts";

const KEY = new Uint8Array(COIN_SUM_KEY_BYTES).fill(3);
const records: fc.Arbitrary<[Uint8Array, Uint8Array][]> = fc.array(
  fc.tuple(fc.uint8Array({ minLength: 37, maxLength: 37 }), fc.uint8Array({ maxLength: 600 })),
  { maxLength: 20 },
);

function sumOf(list: readonly [Uint8Array, Uint8Array][], key: Uint8Array = KEY): bigint {
  const sum = new CoinSum(key);
  for (const [coinKey, record] of list) sum.add(coinKey, record);
  return sum.value();
}

describe("sum over coins", () => {
  test("is the sum of the hashes of key, coin key and record, mod 2^256", () => {
    fc.assert(
      fc.property(records, (list) => {
        const expected = list.reduce((total, [coinKey, record]) => {
          const digest = createHash("sha256").update(KEY).update(coinKey).update(record).digest();
          return total + BigInt(`0x${digest.reverse().toString("hex")}`);
        }, 0n);
        assert.equal(sumOf(list), expected % 2n ** 256n);
      }),
    );
  });

  test("does not depend on order, and what is added and taken out leaves nothing", () => {
    fc.assert(
      fc.property(records, records, (list, passing) => {
        const sum = new CoinSum(KEY);
        for (const [coinKey, record] of passing) sum.add(coinKey, record);
        for (const [coinKey, record] of list.toReversed()) sum.add(coinKey, record);
        for (const [coinKey, record] of passing) sum.subtract(coinKey, record);
        assert.equal(sum.value(), sumOf(list));
        assert.equal(sum.value(), sumOf(list), "reading it changes nothing");
      }),
    );
  });

  test("another key gives another sum; sums add up", () => {
    const one: [Uint8Array, Uint8Array][] = [[new Uint8Array(37), Uint8Array.of(1)]];
    const two: [Uint8Array, Uint8Array][] = [[new Uint8Array(37), Uint8Array.of(2)]];
    assert.notEqual(sumOf(one), sumOf(one, new Uint8Array(COIN_SUM_KEY_BYTES)));
    assert.equal(addSums(sumOf(one), sumOf(two)), sumOf([...one, ...two]));
  });
});
