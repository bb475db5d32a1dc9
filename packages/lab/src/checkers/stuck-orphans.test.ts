import assert from "node:assert/strict";
import { test } from "node:test";
import { stuckOrphansChecker } from "./stuck-orphans.ts";
import { altered, inspectedWorld } from "./testing/inspected-world.ts";

test("an orphan whose parents are all there is found", async () => {
  const { inspection, node } = await inspectedWorld();
  const a = node("a");
  const { txid } = [...a.mempool.entries()][0] ?? assert.fail();
  const held = { orphanCount: 1, hasOrphan: (other: string) => other === txid };
  const waits = altered(a.mempool, {
    ...held,
    size: 0,
    entries: () => [].values(),
    select: () => [],
    spender: () => undefined,
  });
  const checker = stuckOrphansChecker(inspection);
  assert.match(checker.check?.({ ...a, mempool: waits })?.text ?? "", new RegExp(`${txid} waits for its parents`));
  const conflicting = altered(waits, { spender: () => txid });
  assert.equal(checker.check?.({ ...a, mempool: conflicting }), undefined);
});
