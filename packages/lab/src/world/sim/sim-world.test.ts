import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { never, watched } from "./testing/watched-world.ts";

describe("simulated world", () => {
  test("honest miners find blocks at the net's pace, and all nodes have the same chain", async () => {
    const { world, events } = await watched({ nodes: { a: 0.5, b: 0.3, c: 0.2 } });
    assert.equal(await world.runUntil(never, 3_000_000), "time-up");
    const mined = events.filter(({ type }) => type === "mined");
    assert.ok(mined.length > 240 && mined.length < 360, `${mined.length} blocks in 300 intervals`);
    const tips = new Set<string>();
    for (const name of world.hosts.keys()) world.report(name, ({ tip }) => void tips.add(tip.hash));
    assert.equal(tips.size, 1);
    assert.equal(world.nowMs(), 3_000_000);
  });

  test("nodes that are ten seconds apart stay connected: they wait as long for each other as the link takes", async () => {
    const { world, events } = await watched({
      nodes: { a: 0.5, b: 0.5 },
      link: { latencyMs: 10_000 },
      network: { blockIntervalMs: 600_000 },
    });
    await world.runUntil(never, 3_600_000);
    assert.deepEqual(
      events.filter((event) => event.type === "link" && event.status === "down"),
      [],
    );
  });

  test("a wallet has its coins to the satoshi, pays, and the payment is mined and counted", async () => {
    const { world, events, order } = await watched({
      nodes: { a: 0, b: 1 },
      wallets: [
        { name: "alice", node: "a", coins: 1_000_000_001n },
        { name: "bob", node: "b", coins: 0n },
      ],
    });
    world.balance("alice", (balance) =>
      assert.deepEqual(balance, { confirmed: 1_000_000_001n, unconfirmed: 0n, immature: 0n }),
    );
    const { txid } = order({ kind: "pay", payment: "p", from: "alice", to: "bob", amount: 300_000_000n });
    const mined = (): boolean =>
      events.some((event) => event.type === "block" && event.node === "a" && event.txids.includes(txid as never));
    assert.equal(await world.runUntil(mined, 1_000_000), "finished");
    world.balance("bob", ({ confirmed }) => assert.equal(confirmed, 300_000_000n));
    const payment = events.find(({ type }) => type === "payment");
    assert.deepEqual(payment, {
      atMs: 0,
      node: "a",
      type: "payment",
      payment: "p",
      txid,
      from: "alice",
      amount: 300_000_000n,
      to: "bob",
    });
  });
});
