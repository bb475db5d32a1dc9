import assert from "node:assert/strict";
import { test } from "node:test";
import { inEveryMempool, minedEverywhere, oneTip } from "./liveness.ts";
import { inspectedWorld } from "./testing/inspected-world.ts";

test("tips that differ, a payment that is not everywhere, and one that is not mined are found", async () => {
  const { inspection, order, pass, world } = await inspectedWorld();
  const both = ["a", "b"];
  const waiting = world.payments.get("waiting")?.txid ?? assert.fail();
  const mined = world.payments.get("mined")?.txid ?? assert.fail();
  assert.equal(oneTip(both, inspection), undefined);
  assert.equal(inEveryMempool(waiting, both, inspection), undefined);
  assert.equal(minedEverywhere(mined, both, inspection), undefined);
  assert.match(inEveryMempool(mined, both, inspection)?.text ?? "", /has not come/);
  assert.match(minedEverywhere(waiting, both, inspection)?.text ?? "", /in no block/);
  order({ kind: "link", between: both as ["a", "b"], up: false });
  order({ kind: "mine", node: "a", blocks: 1 });
  await pass(100);
  assert.match(oneTip(both, inspection)?.text ?? "", /still at/);
});
