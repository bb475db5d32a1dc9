import assert from "node:assert/strict";
import { test } from "node:test";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { RandomStream } from "../world/sim/random/stream.ts";
import { sharedScripts } from "../world/sim/store/shared-scripts.ts";
import { type ArrivalParts, checkArrivalOrder } from "./arrival-orders.ts";
import type { ReferenceChain } from "./reference/reference-chain.ts";
import { altered, inspectedWorld } from "./testing/inspected-world.ts";

async function parts(): Promise<ArrivalParts> {
  const { inspection, order, pass } = await inspectedWorld();
  order({ kind: "link", between: ["a", "b"], up: false });
  order({ kind: "mine", node: "a", blocks: 2 });
  order({ kind: "mine", node: "b", blocks: 3 });
  await pass(100);
  const curve = selectCurve();
  const scripts = sharedScripts(curve, new RandomStream("salt")).runner;
  return { params: inspection.params, curve, scripts, reference: inspection.reference };
}

test("in every order the same blocks are valid, and the most work wins", async () => {
  const world = await parts();
  for (let order = 0; order < 20; order++) {
    assert.equal(await checkArrivalOrder(new RandomStream(String(order)), world), undefined);
  }
});

test("a reference that thinks otherwise is contradicted", async () => {
  const world = await parts();
  const sees = (judge: ReferenceChain["judge"]): ArrivalParts => ({
    ...world,
    reference: altered(world.reference, { judge }),
  });
  const invalid = sees(() => ({ valid: false, why: "" }));
  assert.match((await checkArrivalOrder(new RandomStream("x"), invalid))?.text ?? "", /was connected/);
  let asked = 0;
  const more = sees((hash) => {
    const judged = world.reference.judge(hash);
    asked += 1;
    return asked === 1 || judged?.valid !== true ? judged : { ...judged, work: judged.work * 10n };
  });
  assert.match((await checkArrivalOrder(new RandomStream("x"), more))?.text ?? "", /the tip has work/);
});
