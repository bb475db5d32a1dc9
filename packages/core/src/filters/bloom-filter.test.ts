import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { networkByName } from "../params/networks.ts";
import { BloomFilter } from "./bloom-filter.ts";

describe("bloom filter (BIP37)", () => {
  test("never misses what was put in, and comes back from its bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 30 }), (items) => {
        const filter = BloomFilter.create({ elements: 30, falsePositiveRate: 0.001, tweak: 7, flags: 0 });
        for (const item of items) filter.insert(item);
        const again = BloomFilter.fromBytes(filter.encode());
        for (const item of items) assert.ok(filter.has(item) && again.has(item));
      }),
    );
  });

  test("matches what a transaction pays to, and adds the outpoint only when told to", () => {
    const [coinbase] = networkByName("mainnet").genesis.txs;
    const script = coinbase?.outputs[0]?.scriptPubKey;
    assert.ok(coinbase !== undefined && script !== undefined);
    for (const [flags, grows] of [
      [0, false],
      [1, true],
      [2, true],
    ] as const) {
      const filter = BloomFilter.create({ elements: 10, falsePositiveRate: 0.000001, tweak: 0, flags });
      assert.equal(filter.matches(coinbase), false);
      filter.insert(script.subarray(1, 66));
      const before = filter.encode().slice();
      assert.equal(filter.matches(coinbase), true);
      assert.equal(Buffer.compare(before, filter.encode()) !== 0, grows);
    }
  });
});
