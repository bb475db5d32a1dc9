import assert from "node:assert/strict";
import { test } from "node:test";
import { durabilityChecker } from "./durability.ts";
import { altered, inspectedWorld } from "./testing/inspected-world.ts";

test("a node that comes back without what was on its disk is found", async () => {
  const { inspection, node } = await inspectedWorld();
  const a = node("a");
  const checker = durabilityChecker(inspection);
  assert.equal(checker.check?.(a), undefined);
  await a.chain.durable();
  const older = altered(a.chain, { tip: a.chain.activeAt(a.chain.tip.height - 1) ?? assert.fail() });
  checker.check?.({ ...a, chain: older });
  checker.check?.(a);
  await a.chain.durable();
  checker.observe?.({ type: "life", status: "started", node: "a", atMs: 1 });
  assert.match(checker.check?.({ ...a, chain: older })?.text ?? "", /was on its disk/);
  checker.observe?.({ type: "life", status: "started", node: "a", atMs: 2 });
  assert.equal(checker.check?.(a), undefined);
});

test("a node that comes back with a tip that it never had is found, unless its disk was wiped", async () => {
  const { inspection, node } = await inspectedWorld();
  const a = node("a");
  const older = altered(a.chain, { tip: a.chain.activeAt(1) ?? assert.fail() });
  const checker = durabilityChecker(inspection);
  checker.check?.(a);
  checker.observe?.({ type: "life", status: "started", node: "a", atMs: 1 });
  assert.match(checker.check?.({ ...a, chain: older })?.text ?? "", /never had/);
  checker.wiped("a");
  checker.observe?.({ type: "life", status: "started", node: "a", atMs: 2 });
  assert.equal(checker.check?.({ ...a, chain: older }), undefined);
});
