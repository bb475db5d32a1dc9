import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertRule } from "@forkyard/consensus/testing/assert-rule";
import { inputOf, payment } from "@forkyard/consensus/testing/build-block";
import { encodeBlock } from "@forkyard/core/block";
import type { ChainStore } from "@forkyard/core/ports/chain-store";
import { memoryChainStore } from "@forkyard/storage/open-chain-store";
import { ChainWorld, coinsAfter, storeWith } from "../testing/chain-world.ts";

describe("the disk", () => {
  test("refusing a write is told", async () => {
    const inner = memoryChainStore();
    const failure = new Error("no space left on device");
    let full = false;
    const commit: ChainStore["commit"] = (batch) => (full ? Promise.reject(failure) : inner.commit(batch));
    const store = storeWith(inner, { commit });
    const world = await ChainWorld.open(store);
    full = true;
    world.submit(world.build());
    await assert.rejects(world.chain.durable(), failure);
    assert.deepEqual(world.storageFailures, [failure]);
  });

  test("giving back a damaged coin is nobody's broken rule: the block is not condemned", async () => {
    const inner = memoryChainStore();
    const damage = new Error("record c/ab is damaged");
    let damaged = false;
    const coin: ChainStore["coin"] = (outPoint) => {
      if (damaged) throw damage;
      return inner.coin(outPoint);
    };
    const store = storeWith(inner, { coin });
    const world = await ChainWorld.open(store);
    const [first] = world.grow(100);
    const tip = world.chain.tip;
    const block = world.build({ txs: [payment([inputOf(first?.txs[0]?.txid as never, 0)], [1n])] });
    damaged = true;
    assert.throws(() => world.submit(block), damage);
    assert.notEqual(world.entry(block.hash).status, "invalid");
    assert.equal(world.chain.tip, tip);
  });

  test("is given the genesis block when it is empty: a tip at height 0 and no coins", async () => {
    const world = await ChainWorld.open();
    const { hash, height, coinCount, coinTotal } = world.chain.tipRecord;
    assert.deepEqual([hash, height, coinCount, coinTotal], [world.params.genesis.hash, 0, 0, 0n]);
    assert.equal(world.chain.block(hash)?.hash, hash);
    assert.equal((await world.coins()).size, 0);
  });

  test("after a restart: the same tip, coins, marks and order of arrival", async () => {
    const store = memoryChainStore();
    const world = await ChainWorld.open(store);
    const base = world.grow(2);
    const [first, second] = [world.build(), world.build()];
    world.submit(first);
    world.submit(second);
    const greedy = world.build({ coinbaseValue: 5_000_000_001n });
    assertRule("bad-cb-amount", () => world.submit(greedy));
    const headerOnly = world.build({ on: base[1]?.hash as never });
    world.submitHeader(headerOnly);
    const before = { coins: await world.coins(), record: world.chain.tipRecord };

    const again = await ChainWorld.open(store);
    assert.deepEqual([again.chain.tip, again.chain.tipRecord], [world.chain.tip, before.record]);
    assert.deepEqual(await again.coins(), before.coins);
    assert.equal(again.news.length, 0, "nothing happened by starting");
    for (const { hash } of [...base, first, second, greedy, headerOnly]) {
      assert.deepEqual(again.entry(hash), world.entry(hash));
    }
    assert.equal(again.submit(headerOnly).kind, "side");
    assert.equal(again.chain.tip.hash, first.hash, "first seen is still first");
    assert.equal(again.submit(again.build({ on: second.hash })).kind, "connected");
    const twice = await ChainWorld.open(store);
    assert.deepEqual(twice.chain.tipRecord, again.chain.tipRecord);
    assert.ok(twice.entry(headerOnly.hash).sequence > twice.entry(second.hash).sequence);
  });

  test("bodies that were stored and never connected are connected on resuming", async () => {
    const store = memoryChainStore();
    const world = await ChainWorld.open(store);
    world.grow(1);
    const other = await ChainWorld.open();
    const branch = other.grow(3);
    for (const block of branch) world.submitHeader(block);
    const batch = store.batch();
    for (const [index, block] of branch.entries()) {
      batch.putEntry({ ...world.entry(block.hash), status: "body", sequence: 10 + index });
      batch.putBlock(block.hash, encodeBlock(block));
    }
    await store.commit(batch);
    const again = await ChainWorld.open(store);
    assert.equal(again.chain.tip.hash, branch[2]?.hash);
    assert.deepEqual(await again.coins(), coinsAfter(branch));
    assert.equal(again.news.length, 1);
  });
});
