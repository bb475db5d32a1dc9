import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Coin } from "@forkyard/core/coins";
import type { Txid } from "@forkyard/core/hash";
import { type OutPoint, outPointKey } from "@forkyard/core/tx";
import * as fc from "fast-check";
import { CoinCache } from "./coin-cache.ts";
import { COIN_CACHE_ENTRY_BYTES } from "./limits.ts";

const OUT_POINTS = 12;

function outPoint(number: number): OutPoint {
  return { txid: number.toString(16).padStart(64, "0") as Txid, vout: number % 3 };
}

function coin(value: number): Coin {
  return { output: { value: BigInt(value), scriptPubKey: new Uint8Array(value % 40) }, height: value, coinbase: false };
}

type Step =
  | { readonly kind: "toggle" | "read" | "prefetch"; readonly number: number; readonly value: number }
  | { readonly kind: "flush" };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof({ weight: 9, arbitrary: stepArbitrary() }, { weight: 1, arbitrary: fc.constant<Step>({ kind: "flush" }) }),
  { maxLength: 200 },
);

function stepArbitrary(): fc.Arbitrary<Step> {
  return fc.record({
    kind: fc.constantFrom<"toggle" | "read" | "prefetch">("toggle", "read", "prefetch"),
    number: fc.nat(OUT_POINTS - 1),
    value: fc.integer({ min: 1, max: 1000 }),
  });
}

describe("coin cache", () => {
  test("reads like a map over a map, and its changes make the one out of the other", () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 3000 }), (list, maxBytes) => {
        const stored = new Map<string, Coin>();
        const current = new Map<string, Coin>();
        const cache = new CoinCache(maxBytes, (at) => stored.get(outPointKey(at)));
        for (const step of list) {
          if (step.kind === "flush") flush(cache, stored);
          else take(step, cache, current, stored);
          assert.ok(cache.overfull || cache.bytes <= maxBytes, "more than it may hold and something to let go");
        }
        for (let number = 0; number < OUT_POINTS; number++) {
          assert.deepEqual(cache.coin(outPoint(number)), current.get(outPointKey(outPoint(number))));
        }
        flush(cache, stored);
        assert.deepEqual(stored, current);
      }),
    );
  });

  test("a coin that comes and goes between two flushes is never written", () => {
    const cache = new CoinCache(10_000, () => undefined);
    cache.put(outPoint(1), coin(5));
    cache.remove(outPoint(1), coin(5));
    assert.equal(cache.dirty.size, 0);
    assert.equal(cache.bytes, 0);
    cache.put(outPoint(1), coin(5));
    cache.flushed();
    cache.remove(outPoint(1), coin(5));
    assert.deepEqual([...cache.dirty], [[outPoint(1), { stored: coin(5), coin: undefined }]]);
  });

  test("lets go of what is stored, oldest first, and never of changes", () => {
    const entry = COIN_CACHE_ENTRY_BYTES + 1;
    const loads: string[] = [];
    const cache = new CoinCache(3 * entry, (at) => {
      loads.push(outPointKey(at));
      return coin(1);
    });
    for (const number of [1, 2, 3]) cache.coin(outPoint(number));
    cache.put(outPoint(9), coin(1));
    assert.deepEqual(
      [1, 2, 3, 9].map((number) => cache.has(outPoint(number))),
      [false, true, true, true],
    );
    for (const number of [10, 11, 12]) cache.put(outPoint(number), coin(1));
    assert.equal(cache.dirty.size, 4);
    assert.equal(cache.overfull, true);
    assert.equal(loads.length, 3);
  });

  test("keeps no view of anybody's bytes", () => {
    const cache = new CoinCache(10_000, () => undefined);
    const bytes = new Uint8Array(4).fill(7);
    cache.put(outPoint(1), { ...coin(1), output: { value: 1n, scriptPubKey: bytes } });
    bytes.fill(8);
    assert.deepEqual(cache.coin(outPoint(1))?.output.scriptPubKey, new Uint8Array(4).fill(7));
  });

  test("what a prefetch brings too late is not taken in", () => {
    const cache = new CoinCache(10_000, () => undefined);
    cache.beginPrefetch();
    cache.remove(outPoint(1), coin(1));
    cache.flushed();
    assert.equal(cache.prefetched(outPoint(1), coin(1)), false);
    assert.equal(cache.prefetched(outPoint(2), coin(2)), true);
    cache.endPrefetch();
    assert.equal(cache.coin(outPoint(1)), undefined);
    assert.deepEqual(cache.coin(outPoint(2)), coin(2));
  });
});

function flush(cache: CoinCache, stored: Map<string, Coin>): void {
  for (const [at, change] of cache.dirty) {
    const key = outPointKey(at);
    assert.deepEqual(stored.get(key), change.stored, "what is stored is known");
    if (change.coin === undefined) stored.delete(key);
    else stored.set(key, change.coin);
  }
  cache.flushed();
}

function take(
  step: Exclude<Step, { kind: "flush" }>,
  cache: CoinCache,
  current: Map<string, Coin>,
  stored: ReadonlyMap<string, Coin>,
): void {
  const at = outPoint(step.number);
  const key = outPointKey(at);
  const there = current.get(key);
  if (step.kind === "read") {
    assert.deepEqual(cache.coin(at), there);
  } else if (step.kind === "prefetch") {
    const found = cache.has(at) ? undefined : stored.get(key);
    if (found !== undefined) assert.equal(cache.prefetched(at, found), true);
  } else if (there === undefined) {
    current.set(key, coin(step.value));
    cache.put(at, coin(step.value));
  } else {
    current.delete(key);
    cache.remove(at, there);
  }
}
