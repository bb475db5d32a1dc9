import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Txid } from "@forkyard/core/hash";
import type { Transaction } from "@forkyard/core/tx";
import { MAX_ORPHAN_BYTES, MAX_ORPHAN_RETRIES, MAX_ORPHANS, MAX_ORPHANS_PER_SENDER } from "./limits.ts";
import { OrphanPool } from "./orphans.ts";
import { PoolWorld, type Purse, purses, spend } from "./testing/pool-world.ts";

function orphan(index: number, witnessBytes = 72): Transaction {
  return spend([{ txid: index.toString(16).padStart(64, "0") as Txid, vout: 0, value: 10_000n }], { witnessBytes });
}

describe("orphans in the mempool", () => {
  test("wait for their parents and come in with them, down the generations", () => {
    const world = new PoolWorld();
    const funds = world.fund(1);
    const parent = spend(funds);
    const child = spend(purses(parent));
    const grandchild = spend(purses(child));
    const first = world.pool.accept(grandchild, world.context("peer"));
    assert.deepEqual([first.status, first.status === "orphan" && first.missing], ["orphan", [child.txid]]);
    world.pool.accept(child, world.context("peer"));
    assert.equal(world.pool.orphanCount, 2);
    const { changes } = world.pool.accept(parent, world.context());
    assert.deepEqual(
      changes.added.map(({ txid }) => txid),
      [parent.txid, child.txid, grandchild.txid],
    );
    assert.equal(world.pool.orphanCount, 0);
  });

  test("come in when a block brings the parent", () => {
    const world = new PoolWorld();
    const funds = world.fund(1);
    const parent = spend(funds);
    const child = spend(purses(parent));
    world.pool.accept(child, world.context("peer"));
    const { changes } = world.pool.connected(world.mineQuietly([parent]), world.context());
    assert.deepEqual(
      changes.added.map(({ txid }) => txid),
      [child.txid],
    );
  });

  test("that break a rule are named with their sender", () => {
    const world = new PoolWorld();
    const funds = world.fund(1);
    const parent = spend(funds);
    const greedy = spend(purses(parent), { fee: -1n });
    world.pool.accept(greedy, world.context("mallory"));
    const { changes } = world.pool.accept(parent, world.context());
    assert.deepEqual(
      changes.refusedOrphans.map(({ sender, txid, error }) => [sender, txid, error.code]),
      [["mallory", greedy.txid, "bad-txns-in-belowout"]],
    );
    assert.equal(world.pool.orphanCount, 0);
  });

  test("leave with the block that mines them or spends against them, and with their sender", () => {
    const world = new PoolWorld();
    const [a, b] = world.fund(2) as [Purse, Purse];
    const parent = spend([a]);
    const mined = spend(purses(parent));
    const doomed = spend([b, { txid: "77".repeat(32) as Txid, vout: 0, value: 5_000n }]);
    world.pool.accept(mined, world.context("peer"));
    world.pool.accept(doomed, world.context("peer"));
    world.pool.connected(world.mineQuietly([parent, mined, spend([b])]), world.context());
    assert.equal(world.pool.orphanCount, 0);
    world.pool.accept(orphan(1), world.context("peer"));
    world.pool.accept(orphan(2), world.context("other"));
    world.pool.forgetSender("peer");
    assert.equal(world.pool.hasOrphan(orphan(1).txid), false);
    assert.equal(world.pool.hasOrphan(orphan(2).txid), true);
  });

  test("of our own are not kept", () => {
    const world = new PoolWorld();
    assert.equal(world.pool.accept(orphan(1), world.context()).status, "orphan");
    assert.equal(world.pool.orphanCount, 0);
  });

  test("are retried in bounded numbers, the rest by the next call", () => {
    const world = new PoolWorld();
    const funds = world.fund(1);
    const parent = spend(funds, { outputs: 150, fee: 20_000n });
    for (const [i, purse] of purses(parent).entries()) {
      world.pool.accept(spend([purse], { fee: 1n }), world.context(`peer${i % 2}`));
    }
    world.pool.accept(parent, world.context());
    assert.equal(world.pool.orphanCount, 150 - MAX_ORPHAN_RETRIES);
    world.mine();
    assert.equal(world.pool.orphanCount, 0);
  });
});

describe("orphan pool", () => {
  test("a sender loses his own oldest", () => {
    const pool = new OrphanPool();
    pool.add(orphan(0), "other");
    for (let i = 1; i <= MAX_ORPHANS_PER_SENDER + 1; i++) pool.add(orphan(i), "flooder");
    assert.equal(pool.size, MAX_ORPHANS_PER_SENDER + 1);
    assert.equal(pool.has(orphan(1).txid), false);
    assert.equal(pool.has(orphan(0).txid), true);
  });

  test("a sender's bytes are bounded too", () => {
    const pool = new OrphanPool();
    for (let i = 0; i < 5; i++) pool.add(orphan(i, 99_000), "flooder");
    assert.equal(pool.size, 4);
  });

  test("all together are bounded at the cost of the heaviest", () => {
    const pool = new OrphanPool();
    pool.add(orphan(0), "quiet");
    for (let i = 1; i <= MAX_ORPHANS + 50; i++) pool.add(orphan(i), `sender${i % 40}`);
    assert.equal(pool.size, MAX_ORPHANS);
    assert.equal(pool.has(orphan(0).txid), true);
    const heavy = new OrphanPool();
    for (let i = 0; i < 60; i++) heavy.add(orphan(i, 99_000), `sender${i % 20}`);
    assert.ok(heavy.bytes <= MAX_ORPHAN_BYTES);
  });

  test("forgets everything about what it removes", () => {
    const pool = new OrphanPool();
    const tx = orphan(1);
    pool.add(tx, "peer");
    pool.add(tx, "peer");
    const { prevout } = tx.inputs[0] as Transaction["inputs"][0];
    assert.deepEqual(pool.spenders(prevout), [tx.txid]);
    pool.remove(tx.txid);
    pool.remove(tx.txid);
    assert.deepEqual([pool.size, pool.bytes, pool.spenders(prevout)], [0, 0, []]);
  });
});
