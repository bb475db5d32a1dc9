import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RollingFee } from "./rolling-fee.ts";
import { PoolWorld, type Purse, purses, START_MS, spend } from "./testing/pool-world.ts";
import { refused } from "./testing/refused.ts";

const HOUR_MS = 3_600_000;

/** Room for `count` plain payments. */
function smallWorld(count: number): PoolWorld {
  const probe = new PoolWorld();
  const [purse] = probe.fund(1);
  probe.pool.accept(spend([purse as Purse]), probe.context());
  return new PoolWorld({ maxUsageBytes: probe.pool.usageBytes * count });
}

describe("size limit", () => {
  test("the lowest rate goes, and the minimum rises above it", () => {
    const world = smallWorld(3);
    const funds = world.fund(5);
    const fees = [3_000n, 1_000n, 2_000n, 4_000n];
    const txs = fees.map((fee, i) => spend([funds[i] as Purse], { fee }));
    for (const tx of txs.slice(0, 3)) world.pool.accept(tx, world.context());
    assert.equal(world.pool.minFeeRate(world.nowMs), 100n);
    const last = world.pool.accept(txs[3] as (typeof txs)[0], world.context());
    assert.deepEqual(
      last.changes.removed.map(({ entry, reason }) => [entry.fee, reason]),
      [[1_000n, "size-limit"]],
    );
    assert.ok(world.pool.usageBytes <= world.pool.limits.maxUsageBytes);
    const size = BigInt((txs[0] as (typeof txs)[0]).virtualSize);
    assert.equal(world.pool.minFeeRate(world.nowMs), (1_000n * 1_000n) / size + 100n);
    refused("mempool min fee not met", () =>
      world.pool.accept(spend([funds[4] as Purse], { fee: 1_000n }), world.context()),
    );
  });

  test("a child that pays for its parent keeps both", () => {
    const world = smallWorld(3);
    const funds = world.fund(3);
    const parent = spend([funds[0] as Purse], { fee: 200n });
    const child = spend(purses(parent), { fee: 9_000n });
    const middle = spend([funds[1] as Purse], { fee: 2_000n });
    for (const tx of [parent, child, middle]) world.pool.accept(tx, world.context());
    world.pool.accept(spend([funds[2] as Purse], { fee: 3_000n }), world.context());
    assert.ok(world.pool.has(parent.txid) && world.pool.has(child.txid));
    assert.equal(world.pool.has(middle.txid), false);
  });

  test("a newcomer that is the cheapest is refused, and what went with it is reported by the next call", () => {
    const world = smallWorld(2);
    const funds = world.fund(3);
    world.pool.accept(spend([funds[0] as Purse], { fee: 2_000n }), world.context());
    world.pool.accept(spend([funds[1] as Purse], { fee: 2_000n }), world.context());
    const cheap = spend([funds[2] as Purse], { fee: 1_000n });
    refused("mempool full", () => world.pool.accept(cheap, world.context()));
    assert.equal(world.pool.size, 2);
    const { changes } = world.pool.connected(world.mineQuietly(), world.context());
    assert.deepEqual(
      changes.removed.map(({ entry }) => entry.txid),
      [cheap.txid],
    );
  });
});

describe("rolling minimum fee", () => {
  test("stays until a block comes, then halves every twelve hours", () => {
    const fee = new RollingFee(1_000n, 100);
    fee.evicted(99_000n);
    assert.equal(fee.rate(START_MS + 1_000 * HOUR_MS, 100), 100_000n);
    fee.blockConnected(START_MS);
    const afterHalfLife = fee.rate(START_MS + 12 * HOUR_MS, 100);
    assert.ok(afterHalfLife > 49_900n && afterHalfLife < 50_100n, String(afterHalfLife));
  });

  test("falls faster in an emptier pool", () => {
    for (const [usage, hours] of [
      [100, 12],
      [49, 6],
      [24, 3],
    ] as const) {
      const fee = new RollingFee(1_000n, 100);
      fee.evicted(99_000n);
      fee.blockConnected(START_MS);
      const rate = fee.rate(START_MS + hours * HOUR_MS, usage);
      assert.ok(rate > 49_900n && rate < 50_100n, `${usage}: ${rate}`);
    }
  });

  test("ends at nothing, by way of the increment", () => {
    const fee = new RollingFee(1_000n, 100);
    fee.evicted(500n);
    fee.blockConnected(START_MS);
    assert.equal(fee.rate(START_MS + 12 * HOUR_MS, 100), 1_000n);
    assert.equal(fee.rate(START_MS + 48 * HOUR_MS, 100), 0n);
    fee.evicted(10n ** 15n);
    fee.blockConnected(START_MS);
    assert.equal(fee.rate(START_MS + 100_000 * HOUR_MS, 100), 0n);
  });

  test("a clock that goes back changes nothing", () => {
    const fee = new RollingFee(1_000n, 100);
    fee.evicted(99_000n);
    fee.blockConnected(START_MS);
    assert.equal(fee.rate(START_MS - HOUR_MS, 100), 100_000n);
  });
});
