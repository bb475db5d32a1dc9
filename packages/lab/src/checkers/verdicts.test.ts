import assert from "node:assert/strict";
import { test } from "node:test";
import { altered, inspectedWorld } from "./testing/inspected-world.ts";
import { verdictChecker } from "./verdicts.ts";

test("a valid block that is held for invalid is found, unless an operator said so", async () => {
  const { inspection, node } = await inspectedWorld();
  const a = node("a");
  const checker = verdictChecker(inspection);
  assert.equal(checker.check?.(a), undefined);
  assert.equal(await checker.checkAtEnd?.(a), undefined);
  const chain = altered(a.chain, { tip: { ...a.chain.tip, status: "invalid" } });
  assert.match(checker.check?.({ ...a, chain })?.text ?? "", /for invalid/);
  inspection.declared.set("a", new Set([a.chain.tip.hash]));
  assert.equal(checker.check?.({ ...a, chain }), undefined);
});

test("an invalid block that is connected is found", async () => {
  const { inspection, node } = await inspectedWorld();
  const a = node("a");
  const reference = altered(inspection.reference, { judge: () => ({ valid: false, why: "it is bad" }) });
  const checker = verdictChecker(altered(inspection, { reference }));
  assert.match(checker.check?.(a)?.text ?? "", /which is invalid: it is bad/);
});
