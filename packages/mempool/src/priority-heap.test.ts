import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { PriorityHeap } from "./priority-heap.ts";

const ascending = (a: number, b: number): number => a - b;

test("gives items in order, whatever was put in when", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.array(fc.integer()), fc.nat(20), (first, second, early) => {
      const heap = new PriorityHeap(ascending, first);
      const expected = first.toSorted(ascending);
      for (let i = 0; i < early; i++) assert.equal(heap.pop(), expected.shift());
      for (const item of second) heap.push(item);
      heap.retain((item) => item % 3 !== 0);
      const rest = [...expected, ...second].filter((item) => item % 3 !== 0).toSorted(ascending);
      assert.equal(heap.size, rest.length);
      assert.equal(heap.peek(), rest[0]);
      for (const item of rest) assert.equal(heap.pop(), item);
      assert.equal(heap.pop(), undefined);
    }),
  );
});
