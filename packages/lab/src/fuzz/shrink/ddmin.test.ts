import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ddmin } from "./ddmin.ts";

test("what is left is all that is needed, in its order", async () => {
  const needed = fc.uniqueArray(fc.nat({ max: 60 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(needed, async (wanted) => {
      const items = Array.from({ length: 61 }, (_, i) => i);
      const fails = async (left: readonly number[]): Promise<boolean> => wanted.every((each) => left.includes(each));
      assert.deepEqual(
        await ddmin(items, fails),
        wanted.toSorted((a, b) => a - b),
      );
    }),
    { numRuns: 50 },
  );
});

test("nothing can be left out of a list whose every subset is fine", async () => {
  const items = [1, 2, 3, 4, 5];
  assert.deepEqual(await ddmin(items, async (left) => left.length === items.length), items);
});
