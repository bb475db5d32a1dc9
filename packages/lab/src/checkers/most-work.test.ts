import assert from "node:assert/strict";
import { test } from "node:test";
import { mostWorkChecker } from "./most-work.ts";
import { altered, inspectedWorld } from "./testing/inspected-world.ts";

test("a node that stays behind what it has stored is found", async () => {
  const { inspection, node } = await inspectedWorld();
  const a = node("a");
  assert.equal(mostWorkChecker(inspection).check?.(a), undefined);
  const before = a.chain.activeAt(a.chain.tip.height - 1) ?? assert.fail();
  const chain = altered(a.chain, { tip: before });
  assert.match(mostWorkChecker(inspection).check?.({ ...a, chain })?.text ?? "", /and it has/);
});

test("a node that goes over to another tip of equal work is found, but not when its operator made it", async () => {
  const { inspection, node, order, pass } = await inspectedWorld();
  order({ kind: "link", between: ["a", "b"], up: false });
  order({ kind: "mine", node: "a", blocks: 1 });
  order({ kind: "mine", node: "b", blocks: 1 });
  await pass(100);
  const [a, b] = [node("a"), node("b")];
  const checker = mostWorkChecker(inspection);
  assert.equal(checker.check?.(a), undefined);
  const left = a.chain.tip;
  const tree = altered(a.chain.tree, { tips: () => [], get: (hash) => (hash === left.hash ? left : undefined) });
  const chain = altered(a.chain, { tip: b.chain.tip, tree });
  assert.match(checker.check?.({ ...a, chain })?.text ?? "", /it left/);
  inspection.declared.set("a", new Set([left.hash]));
  const declared = mostWorkChecker(inspection);
  assert.equal(declared.check?.(a), undefined);
  assert.equal(declared.check?.({ ...a, chain }), undefined);
});

test("a node that leaves an invalid tip for the later of two equals is found", async () => {
  const { inspection, node, order, pass, events } = await inspectedWorld();
  const told = events.length;
  order({ kind: "link", between: ["a", "b"], up: false });
  order({ kind: "mine", node: "a", blocks: 1 });
  order({ kind: "mine", node: "b", blocks: 1 });
  order({ kind: "mine", node: "a", blocks: 1 });
  order({ kind: "link", between: ["a", "b"], up: true });
  await pass(20_000);
  const b = node("b");
  const [second, first] = [b.chain.tip, b.chain.activeAt(b.chain.tip.height - 1) ?? assert.fail()];
  const own = b.chain.tree.tips().find(({ hash }) => hash !== second.hash) ?? assert.fail();
  const goneTo = (tip: typeof own): string => {
    inspection.declared.clear();
    const checker = mostWorkChecker(inspection);
    for (const event of events.slice(told)) checker.observe?.(event);
    assert.equal(checker.check?.(b), undefined);
    inspection.declared.set("b", new Set([second.hash]));
    const chain = altered(b.chain, { tip, isActive: () => false });
    return checker.check?.({ ...b, chain })?.text ?? "";
  };
  assert.match(goneTo(first), /was complete before/);
  assert.equal(goneTo(own), "");
});
