import assert from "node:assert/strict";
import { test } from "node:test";
import type { BlockHash } from "@forkyard/core/hash";
import type { NodeEvent } from "@forkyard/rpc/schema/events";
import { SwitchLog } from "./await-switch.ts";

function reorgEvent(timeMs: number, removed: readonly string[], added: readonly string[]): NodeEvent {
  return {
    type: "reorg",
    sequence: 1,
    timeMs,
    depth: removed.length,
    forkPoint: { height: 1, hash: "f" as BlockHash },
    removed: removed as readonly BlockHash[],
    added: added as readonly BlockHash[],
  };
}

test("a node has switched from the moment it connects the branch until it leaves it again", () => {
  const log = new SwitchLog("x1");
  log.push("node1", reorgEvent(5, ["a3", "a2"], ["x1", "x2", "x3"]));
  log.push("node2", reorgEvent(7, ["a2"], ["b2", "b3"]));
  assert.deepEqual([...log.switchedAtMs], [["node1", 5]]);
  log.push("node1", reorgEvent(9, ["x3", "x2", "x1"], ["a2", "a3", "a4", "a5"]));
  assert.deepEqual([...log.switchedAtMs], []);
  log.push("node1", reorgEvent(11, ["a5", "a4", "a3", "a2"], ["x1", "x2", "x3", "x4", "x5"]));
  assert.deepEqual([...log.switchedAtMs], [["node1", 11]]);
  assert.deepEqual(log.removed, ["a2", "a3", "a4", "a5"]);
});
