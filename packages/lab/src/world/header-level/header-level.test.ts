import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runHeaderLevel } from "./run-header-level.ts";

const NET = { seed: 1, nodes: 200, linksPerNode: 3, blocks: 200, latencyMs: 100, jitterMs: 50 };

describe("a net of headers", () => {
  test("ends with one tip, and the same one for the same seed", () => {
    const first = runHeaderLevel({ ...NET, blockIntervalMs: 10_000 });
    assert.equal(first.tips, 1);
    assert.equal(first.height + first.stale, NET.blocks);
    assert.deepEqual(runHeaderLevel({ ...NET, blockIntervalMs: 10_000 }), first);
    assert.notDeepEqual(runHeaderLevel({ ...NET, seed: 2, blockIntervalMs: 10_000 }), first);
  });

  test("has more stale blocks the shorter the interval is against the latency", () => {
    const slow = runHeaderLevel({ ...NET, blockIntervalMs: 60_000 });
    const fast = runHeaderLevel({ ...NET, blockIntervalMs: 1_000 });
    assert.ok(slow.stale <= 6, `${slow.stale} of 200`);
    assert.ok(fast.stale > 20, `${fast.stale} of 200`);
    assert.ok(fast.reorgs > slow.reorgs && fast.deepestReorg >= slow.deepestReorg);
  });
});
