import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Txid } from "./hash.ts";
import { OutPointMap } from "./out-point-map.ts";
import { type OutPoint, outPointKey } from "./tx.ts";

const outPoint: fc.Arbitrary<OutPoint> = fc.record({
  txid: fc.constantFrom("a", "b", "c").map((digit) => digit.repeat(64) as Txid),
  vout: fc.nat(3),
});
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("set" as const), at: outPoint, value: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete" as const), at: outPoint }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("get" as const), at: outPoint }) },
);

test("a map with outpoints as keys is one with their text as keys", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const map = new OutPointMap<number>();
      const model = new Map<string, number>();
      for (const each of steps) {
        const key = outPointKey(each.at);
        const before = model.get(key);
        assert.equal(map.get(each.at), before);
        assert.equal(map.has(each.at), before !== undefined);
        if (each.kind === "set") {
          map.set(each.at, each.value);
          model.set(key, each.value);
        } else if (each.kind === "delete") {
          assert.equal(map.delete(each.at), before);
          model.delete(key);
        }
        assert.equal(map.size, model.size);
        assert.deepEqual(new Map(Array.from(map, ([at, value]) => [outPointKey(at), value])), model);
      }
      map.clear();
      assert.deepEqual([map.size, [...map]], [0, []]);
    }),
  );
});

test("transactions come in the order in which they were put in, and may be taken out on the way", () => {
  const map = new OutPointMap<number>();
  const [first, second] = ["1", "2"].map((digit) => digit.repeat(64) as Txid) as [Txid, Txid];
  map.set({ txid: second, vout: 5 }, 1);
  map.set({ txid: first, vout: 0 }, 2);
  map.set({ txid: second, vout: 6 }, 3);
  const seen: number[] = [];
  for (const [at, value] of map) {
    seen.push(value);
    map.delete(at);
  }
  assert.deepEqual(seen, [1, 3, 2]);
  assert.equal(map.size, 0);
});
