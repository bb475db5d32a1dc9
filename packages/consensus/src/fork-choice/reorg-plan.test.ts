import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MadeUpTree } from "../testing/made-up-tree.ts";
import { reorgPlan } from "./reorg-plan.ts";

describe("reorg plan", () => {
  const t = new MadeUpTree();
  t.branch("a", "genesis", 5);
  t.branch("b", "a2", 4);

  function plan(from: string, to: string): [string, string[], string[]] {
    const { fork, disconnect, connect } = reorgPlan(t.tree, t.at(from), t.at(to));
    return [t.nameOf(fork), disconnect.map((entry) => t.nameOf(entry)), connect.map((entry) => t.nameOf(entry))];
  }

  test("disconnects newest first, connects oldest first", () => {
    assert.deepEqual(plan("a5", "b4"), ["a2", ["a5", "a4", "a3"], ["b1", "b2", "b3", "b4"]]);
  });

  test("an extension only connects, a retreat only disconnects, staying does nothing", () => {
    assert.deepEqual(plan("a3", "a5"), ["a3", [], ["a4", "a5"]]);
    assert.deepEqual(plan("a5", "a3"), ["a3", ["a5", "a4"], []]);
    assert.deepEqual(plan("b2", "b2"), ["b2", [], []]);
  });
});
