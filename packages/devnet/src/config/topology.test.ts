import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { neighbours } from "./topology.ts";

describe("topology", () => {
  test("everybody to everybody up to 8, fewer links beyond", () => {
    assert.ok(neighbours(8, "auto").every((list) => list.length === 7));
    assert.ok(neighbours(30, "auto").every((list) => list.length <= 6 && list.length >= 2));
    assert.deepEqual(neighbours(3, "line"), [[1], [0, 2], [1]]);
    assert.deepEqual(neighbours(4, "ring"), [
      [1, 3],
      [0, 2],
      [1, 3],
      [0, 2],
    ]);
    assert.deepEqual(neighbours(1, "ring"), [[]]);
  });

  test("links go both ways, never to oneself, and reach everybody", () => {
    const kinds = fc.constantFrom("auto", "mesh", "ring", "line");
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), kinds, (count, kind) => {
        const links = neighbours(count, kind);
        links.forEach((list, node) => {
          assert.ok(!list.includes(node));
          for (const other of list) assert.ok(links[other]?.includes(node));
        });
        const reached = new Set([0]);
        for (const node of reached) for (const other of links[node] ?? []) reached.add(other);
        assert.equal(reached.size, count);
      }),
    );
  });
});
