import assert from "node:assert/strict";
import { test } from "node:test";
import { altered, inspectedWorld } from "./testing/inspected-world.ts";
import { worklessGrowthChecker } from "./workless-growth.ts";

test("a header without work that is kept, and orphans without bound, are found", async () => {
  const { inspection, node } = await inspectedWorld();
  const a = node("a");
  assert.equal(worklessGrowthChecker(inspection).check?.(a), undefined);
  const params = { ...inspection.params, drawnByLot: (hash: string) => hash !== a.chain.tip.hash };
  const strict = worklessGrowthChecker(altered(inspection, { params }));
  assert.match(strict.check?.(a)?.text ?? "", /nobody has worked/);
  const mempool = altered(a.mempool, { orphanCount: 101 });
  assert.match(worklessGrowthChecker(inspection).check?.({ ...a, mempool })?.text ?? "", /orphans of 1 senders/);
});
