import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { blockedFor, nodeByWord, parseGroups } from "./groups.ts";

const NODES = ["node1", "node2", "node3", "node4", "node5"];
const HALVES = [
  ["node1", "node2"],
  ["node3", "node4", "node5"],
];

describe("groups of a partition", () => {
  for (const words of [
    ["node1,node2 / node3,node4,node5"],
    ["node1,node2", "/", "node3,node4,node5"],
    ["1,2/3,4,5"],
    ["1", "2", "/3", "4", "5"],
    ["1, 2 /"],
    ["node1,2", "/", "3,4"],
  ]) {
    test(`reads ${JSON.stringify(words)}`, () => {
      const groups = parseGroups(words, NODES);
      const withRest = words.join(" ").includes("3,4") && !words.join(" ").includes("5");
      assert.deepEqual(groups, withRest ? [["node1", "node2"], ["node3", "node4"], ["node5"]] : HALVES);
    });
  }

  test("a number is a place when no node has it as its name", () => {
    assert.equal(nodeByWord("2", ["a", "b"]), "b");
    assert.throws(() => nodeByWord("3", ["a", "b"]), /there is no node "3": the nodes are a, b/);
    assert.throws(() => nodeByWord("0", ["a", "b"]), InputError);
  });

  for (const [what, words, message] of [
    ["an unknown node", ["node1 / node9"], /there is no node "node9"/],
    ["a node in two groups", ["1,2 / 2,3"], /node2 is in two groups/],
    ["a single group", ["1,2,3,4,5"], /needs two groups at least/],
    ["nothing", [" / "], /needs two groups at least/],
  ] as const) {
    test(`refuses ${what}`, () => {
      assert.throws(
        () => parseGroups(words, NODES),
        (error: unknown) => {
          assert.ok(error instanceof InputError);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  test("each node is cut off from all that are not in its group", () => {
    assert.deepEqual(blockedFor("node1", HALVES), ["node3", "node4", "node5"]);
    assert.deepEqual(blockedFor("node4", HALVES), ["node1", "node2"]);
  });
});
