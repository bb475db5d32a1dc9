import assert from "node:assert/strict";
import { test } from "node:test";
import { locatorHeights } from "./locator.ts";

test("a locator lists the newest heights one by one, then doubles its steps, and ends with genesis", () => {
  assert.deepEqual(locatorHeights(0), [0]);
  assert.deepEqual(locatorHeights(3), [3, 2, 1, 0]);
  assert.deepEqual(locatorHeights(100), [100, 99, 98, 97, 96, 95, 94, 93, 92, 91, 90, 88, 84, 76, 60, 28, 0]);
  assert.ok(locatorHeights(10_000_000).length < 40);
});
