import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { WorldEvent } from "../../event.ts";
import { createSimWorld } from "../create-sim-world.ts";
import type { SimWorld } from "../sim-world.ts";
import { smallScenario } from "../testing/small-scenario.ts";

const NODES = { a: 0.5, b: 0.5, c: 0 };
const never = (): boolean => false;

async function opened(seed: number): Promise<{ readonly world: SimWorld; readonly events: WorldEvent[] }> {
  const world = await createSimWorld(smallScenario({ nodes: NODES }), { seed, failingDisks: true });
  const events: WorldEvent[] = [];
  world.onEvent((event) => events.push(event));
  return { world, events };
}

function tips(world: SimWorld): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [name, { node }] of world.hosts) {
    assert.ok(node !== undefined, `${name} does not run`);
    world.report(name, ({ tip, coins }) => void found.add(`${tip.hash} ${coins.count} ${coins.total}`));
  }
  return found;
}

/** Node c crashes again and again, each time in the moment in which it gets a block. */
async function crashing(seed: number, disk: "keep" | "wipe" | "flip-bit"): Promise<readonly WorldEvent[]> {
  const { world, events } = await opened(seed);
  let crashes = 0;
  world.onEvent((event) => {
    if (event.type !== "block" || event.node !== "c" || crashes >= 6 || world.nowMs() < crashes * 40_000) return;
    crashes += 1;
    world.after(crashes % 3, () => {
      world.perform({ kind: "crash", node: "c", disk }, ({ ok }) => assert.ok(ok));
      world.after(500, () => world.perform({ kind: "start", node: "c" }, ({ ok }) => assert.ok(ok)));
    });
  });
  await world.runUntil(never, 400_000);
  assert.ok(crashes >= 5, `${crashes} crashes`);
  for (const node of ["a", "b"]) world.perform({ kind: "hash-power", node, share: 0 }, () => {});
  await world.runUntil(never, 440_000);
  assert.equal(tips(world).size, 1, [...tips(world)].join("; "));
  return events;
}

describe("disks that fail", () => {
  for (const disk of ["keep", "wipe", "flip-bit"] as const) {
    test(`a node that crashes (${disk}) comes back to the others' chain, and the same way every time`, async () => {
      assert.deepEqual(await crashing(4, disk), await crashing(4, disk));
    });
  }

  test("what was not written when the node died is gone when it starts", async () => {
    let lost = 0;
    for (let seed = 1; seed <= 8; seed++) {
      const { world } = await opened(seed);
      world.perform({ kind: "link", between: ["a", "c"], up: false }, () => {});
      world.perform({ kind: "link", between: ["b", "c"], up: false }, () => {});
      const start = world.hosts.get("c")?.node?.chain.tip.height ?? assert.fail();
      world.perform({ kind: "mine", node: "c", blocks: 3 }, () => {});
      world.perform({ kind: "crash", node: "c" }, () => {});
      world.perform({ kind: "start", node: "c" }, () => {});
      await world.runUntil(never, 10);
      const height = world.hosts.get("c")?.node?.chain.tip.height ?? assert.fail();
      assert.ok(height >= start && height <= start + 3);
      if (height < start + 3) lost += 1;
    }
    assert.ok(lost > 0, "no crash lost anything");
  });

  test("a node that stops in good order loses nothing", async () => {
    const { world } = await opened(1);
    world.perform({ kind: "mine", node: "c", blocks: 3 }, () => {});
    const before = world.hosts.get("c")?.node?.chain.tip.hash;
    world.perform({ kind: "stop", node: "c" }, () => {});
    await world.runUntil(never, 1);
    world.perform({ kind: "start", node: "c" }, () => {});
    await world.runUntil(never, 2);
    assert.equal(world.hosts.get("c")?.node?.chain.tip.hash, before);
  });
});
