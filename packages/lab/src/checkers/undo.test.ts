import assert from "node:assert/strict";
import { test } from "node:test";
import { altered, inspectedWorld } from "./testing/inspected-world.ts";
import { undoChecker } from "./undo.ts";

test("undo data that forgets a coin, makes one up, or is missing is found", async () => {
  const { inspection, node } = await inspectedWorld();
  const a = node("a");
  assert.equal(undoChecker(inspection).check?.(a), undefined);
  const forgetful = altered(a.store, {
    undo: (hash) => {
      const undo = a.store.undo(hash);
      return undo && { ...undo, spent: undo.spent.slice(1) };
    },
  });
  assert.match(undoChecker(inspection).check?.({ ...a, store: forgetful })?.text ?? "", /does not bring/);
  const leavesOne = altered(a.store, {
    undo: (hash) => {
      const undo = a.store.undo(hash);
      return undo && { ...undo, created: undo.created.slice(1) };
    },
  });
  assert.match(undoChecker(inspection).check?.({ ...a, store: leavesOne })?.text ?? "", /leaves \d+ coins/);
  const empty = altered(a.store, { undo: () => undefined });
  assert.match(undoChecker(inspection).check?.({ ...a, store: empty })?.text ?? "", /is not there/);
});
