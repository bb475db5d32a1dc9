import assert from "node:assert/strict";
import type { Txid } from "@forkyard/core/hash";
import { outPointKey } from "@forkyard/core/tx";
import type { MempoolEntry, PackageTotals } from "../entry.ts";
import type { PoolWorld } from "./pool-world.ts";

/** What must hold between any two calls, worked out the slow way. */
export function checkInvariants(world: PoolWorld): void {
  const entries = new Map(Array.from(world.pool.entries(), (entry) => [entry.txid, entry]));
  assert.equal(world.pool.size, entries.size);
  assert.ok(world.pool.usageBytes <= world.pool.limits.maxUsageBytes, "the pool is within its size limit");
  checkSums(world, entries);
  checkInputs(world, entries);
  for (const entry of entries.values()) checkTotals(entry, entries);
  checkSelection(world, entries);
}

function checkSums(world: PoolWorld, entries: ReadonlyMap<Txid, MempoolEntry>): void {
  let usage = 0;
  let bytes = 0;
  for (const entry of entries.values()) {
    usage += entry.usageBytes;
    bytes += entry.virtualBytes;
    assert.ok(world.nowMs - entry.timeMs <= world.pool.limits.expiryMs, "nothing older than the expiry");
  }
  assert.deepEqual([world.pool.usageBytes, world.pool.bytes], [usage, bytes]);
}

/** No output is spent twice, and every one is there: in the chain or made by another entry. */
function checkInputs(world: PoolWorld, entries: ReadonlyMap<Txid, MempoolEntry>): void {
  const spent = new Set<string>();
  for (const { tx } of entries.values()) {
    for (const { prevout } of tx.inputs) {
      const key = outPointKey(prevout);
      assert.ok(!spent.has(key), "two entries spend one output");
      spent.add(key);
      assert.equal(world.pool.spender(prevout), tx.txid);
      const made = entries.get(prevout.txid)?.tx.outputs[prevout.vout];
      assert.ok(made !== undefined || world.chain.coins.coin(prevout) !== undefined, "an input is not there");
    }
  }
}

function checkTotals(entry: MempoolEntry, entries: ReadonlyMap<Txid, MempoolEntry>): void {
  assert.deepEqual(entry.ancestors, totalsOf(closure(entry, (at) => parentsOf(at, entries))));
  assert.deepEqual(entry.descendants, totalsOf(closure(entry, (at) => childrenOf(at, entries))));
}

function closure(entry: MempoolEntry, next: (entry: MempoolEntry) => Iterable<MempoolEntry>): Set<MempoolEntry> {
  const found = new Set([entry]);
  for (const at of found) for (const each of next(at)) found.add(each);
  return found;
}

function parentsOf(entry: MempoolEntry, entries: ReadonlyMap<Txid, MempoolEntry>): MempoolEntry[] {
  return entry.tx.inputs.flatMap(({ prevout }) => entries.get(prevout.txid) ?? []);
}

function childrenOf(entry: MempoolEntry, entries: ReadonlyMap<Txid, MempoolEntry>): MempoolEntry[] {
  return [...entries.values()].filter(({ tx }) => tx.inputs.some(({ prevout }) => prevout.txid === entry.txid));
}

function totalsOf(entries: Iterable<MempoolEntry>): PackageTotals {
  let [count, virtualBytes, fees] = [0, 0, 0n];
  for (const entry of entries) {
    count += 1;
    virtualBytes += entry.virtualBytes;
    fees += entry.fee;
  }
  return { count, virtualBytes, fees };
}

/** Parents first, nothing twice, within the weight; everything when there is room. */
function checkSelection(world: PoolWorld, entries: ReadonlyMap<Txid, MempoolEntry>): void {
  for (const maxWeight of [0, 1_500, 6_000, 3_996_000]) {
    const done = new Set<Txid>();
    let weight = 0;
    for (const { tx } of world.pool.select(maxWeight)) {
      assert.ok(!done.has(tx.txid), "selected twice");
      for (const { prevout } of tx.inputs) {
        assert.ok(!entries.has(prevout.txid) || done.has(prevout.txid), "a child before its parent");
      }
      done.add(tx.txid);
      weight += tx.weight;
    }
    assert.ok(weight <= maxWeight);
    if (maxWeight === 3_996_000) assert.equal(done.size, entries.size);
  }
}
