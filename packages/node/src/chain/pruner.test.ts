import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { memoryChainStore } from "@forkyard/storage/open-chain-store";
import { PRUNE_BATCH_BLOCKS } from "../limits.ts";
import { ChainWorld, countingStore } from "../testing/chain-world.ts";
import { Pruner } from "./pruner.ts";

const KEEP = 20;

function prunerOf({ chain, store, storageFailures }: ChainWorld, keepBlocks = KEEP): Pruner {
  return new Pruner({ chain, store, keepBlocks, storageFailed: (error) => void storageFailures.push(error) });
}

describe("pruning", () => {
  test("keeps the last blocks and deletes the rest, genesis and entries excepted", async () => {
    const world = await ChainWorld.open();
    const pruner = prunerOf(world);
    world.grow(KEEP);
    pruner.prune();
    assert.equal(world.store.prunedHeight(), 0);
    world.grow(30);
    pruner.prune();
    assert.equal(world.store.prunedHeight(), 30);
    for (let height = 0; height <= 50; height++) {
      const entry = world.chain.activeAt(height);
      assert.ok(entry !== undefined);
      const kept = height === 0 || height > 30;
      assert.equal(world.store.blockBytes(entry.hash) !== undefined, kept, `body ${height}`);
      assert.equal(world.store.undo(entry.hash) !== undefined, kept, `undo ${height}`);
    }
    const again = await ChainWorld.open(world.store);
    assert.equal(again.chain.tip.hash, world.chain.tip.hash);
    assert.deepEqual(await again.coins(), await world.coins());
  });

  test("goes in batches of bounded size, each of which says how far it went", async () => {
    const { store, batches } = countingStore(memoryChainStore());
    const world = await ChainWorld.open(store);
    world.grow(2 * PRUNE_BATCH_BLOCKS + KEEP + 5);
    batches.length = 0;
    prunerOf(world).prune();
    assert.equal(batches.length, 3);
    assert.equal(store.prunedHeight(), 2 * PRUNE_BATCH_BLOCKS + 5);
  });

  test("a reorganisation within what is kept works; one that reaches below stops the node", async () => {
    const world = await ChainWorld.open();
    world.grow(50);
    prunerOf(world).prune();
    const shallow = world.chain.activeAt(40)?.hash;
    world.grow(12, shallow);
    assert.equal(world.chain.tip.height, 52);
    assert.deepEqual(world.storageFailures, []);
    const before = world.chain.tip.hash;
    const deep = world.chain.activeAt(29)?.hash;
    world.grow(24, deep);
    assert.equal(world.chain.tip.hash, before, "nothing changed");
    assert.match(String(world.storageFailures[0]), /leaves ours at height 29, and blocks up to 30 are pruned/);
  });

  test("a body that is missing above the pruned height is damage, not pruning", async () => {
    const world = await ChainWorld.open();
    world.grow(5);
    const lost = world.chain.activeAt(4)?.hash;
    assert.ok(lost !== undefined);
    const batch = world.store.batch();
    batch.deleteBlock(lost);
    await world.store.commit(batch);
    assert.throws(() => world.grow(4, world.chain.activeAt(2)?.hash), /is missing: start the node with --reindex/);
    assert.equal(world.storageFailures.length, 1);
  });
});
