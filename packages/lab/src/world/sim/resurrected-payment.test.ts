import assert from "node:assert/strict";
import { test } from "node:test";
import type { Txid } from "@forkyard/core/hash";
import { never, watched } from "./testing/watched-world.ts";

test("a payment that a healed partition takes out of its block is known on both sides again, and is mined there", async () => {
  const { world, order } = await watched({
    nodes: { a: 0, b: 0, c: 0, d: 0 },
    // In a line, so that what d knows it has from c.
    links: [
      ["a", "b"],
      ["b", "c"],
      ["c", "d"],
    ],
    wallets: [
      { name: "alice", node: "a", coins: 1_000_000_000n },
      { name: "bob", node: "b", coins: 0n },
    ],
  });
  order({
    kind: "partition",
    groups: [
      ["a", "b"],
      ["c", "d"],
    ],
  });
  const { txid } = order({ kind: "pay", payment: "p", from: "alice", to: "bob", amount: 300_000_000n });
  order({ kind: "mine", node: "a", blocks: 1 });
  await world.runUntil(never, 2_000);
  order({ kind: "mine", node: "d", blocks: 2 });
  await world.runUntil(never, 4_000);
  order({ kind: "heal" });
  await world.runUntil(never, 60_000);
  const knownTo: string[] = [];
  for (const name of world.hosts.keys()) {
    world.report(name, ({ mempool }) => void (mempool.includes(txid as Txid) && knownTo.push(name)));
  }
  assert.deepEqual(knownTo, ["a", "b", "c", "d"]);
  order({ kind: "mine", node: "d", blocks: 1 });
  world.balance("bob", ({ unconfirmed }) => assert.equal(unconfirmed, 300_000_000n));
  await world.runUntil(never, 70_000);
  world.balance("bob", ({ confirmed }) => assert.equal(confirmed, 300_000_000n));
});
