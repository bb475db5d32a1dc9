import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type OutPoint, outPointKey } from "@forkyard/core/tx";
import * as fc from "fast-check";
import { auditCoins } from "./audit-coins.ts";
import type { EngineChainStore } from "./chain-store.ts";
import { StoreDamagedError } from "./errors.ts";
import type { CoinCacheOptions } from "./flush-policy.ts";
import { entryKey, undoKey } from "./keys.ts";
import { openChainStore } from "./open-chain-store.ts";
import { BrokenOffEngine } from "./testing/broken-off-engine.ts";
import { fixedRandom } from "./testing/fixed-random.ts";
import { coinsOf, TOY_GENESIS, type ToyBlock, tipOf } from "./testing/toy-chain.ts";
import { type Draw, ToyWalk } from "./testing/toy-walk.ts";

const IDENTITY = { networkName: "regtest", genesisHash: TOY_GENESIS.entry.hash };
/** So small that a flush of a few blocks takes several batches. */
const TINY: CoinCacheOptions = { maxBatchBytes: 300, flushAfterBlocks: 9, maxBytes: 1_000_000 };
const NEVER: CoinCacheOptions = { flushAfterBlocks: Number.POSITIVE_INFINITY };

function open(engine: BrokenOffEngine, options: CoinCacheOptions): Promise<EngineChainStore> {
  return openChainStore(engine, IDENTITY, fixedRandom, options);
}

function drawFrom(seed: number): Draw {
  let state = seed + 1;
  return (below) => {
    state = (state * 48271) % 0x7fffffff;
    return state % below;
  };
}

async function assertCoins(store: EngineChainStore, chain: readonly ToyBlock[]): Promise<void> {
  assert.deepEqual(store.tip(), tipOf(chain));
  const found = new Map<string, unknown>();
  for await (const change of store.coins()) found.set(outPointKey(change.outPoint), change);
  assert.deepEqual(found, coinsOf(chain));
  assert.equal((await auditCoins(store)).consistent, true);
}

describe("a start after a sudden end", () => {
  test("brings the coins forward, over reorganisations, without a flush", async () => {
    const engine = new BrokenOffEngine();
    const store = await open(engine, NEVER);
    const walk = new ToyWalk(drawFrom(7));
    for (let i = 0; i < 60; i++) await walk.step(store);
    const again = await open(engine, NEVER);
    assert.equal(again.replayedBlocks, walk.tip.height);
    assert.deepEqual(again.tip(), walk.tip);
    await assertCoins(again, walk.chain);
    const third = await open(engine, NEVER);
    assert.equal(third.replayedBlocks, 0, "what was brought forward is stored");
  });

  test("finds the last tip on disk whichever write was the last, in flushes of several batches and in recovery", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), fc.nat(120), fc.array(fc.nat(12), { maxLength: 3 }), survives),
      { numRuns: 150 },
    );
  });

  test("says which record is missing when it cannot", async () => {
    for (const remove of [undoKey, (hash: string) => entryKey({ height: 5, hash: hash as never })]) {
      const engine = new BrokenOffEngine();
      const store = await open(engine, NEVER);
      const walk = new ToyWalk(() => 1);
      for (let i = 0; i < 8; i++) await walk.step(store);
      const { hash } = (walk.chain[5] as ToyBlock).entry;
      await engine.write([{ kind: "delete", key: remove(hash) }]);
      await assert.rejects(
        open(engine, NEVER),
        (error: Error) => error instanceof StoreDamagedError && error.message.includes(hash),
      );
    }
  });
});

/** Ends the process after `writes` writes, and the starts after it after so many of their own. */
async function survives(seed: number, writes: number, recoveries: readonly number[]): Promise<void> {
  const engine = new BrokenOffEngine();
  const store = await open(engine, TINY);
  const walk = new ToyWalk(drawFrom(seed));
  await walk.step(store);
  engine.writesLeft = writes;
  /** Chains as they were when a step began and when it had ended. */
  let before: ToyBlock[] = [];
  let after = [...walk.chain];
  while (engine.writesLeft > 0) {
    before = after;
    await walk.step(store);
    after = [...walk.chain];
    if (walk.chain.length > 80) break;
  }
  for (const left of recoveries) {
    engine.writesLeft = left;
    await open(engine, TINY);
  }
  engine.writesLeft = Number.POSITIVE_INFINITY;
  const again = await open(engine, TINY);
  const expected = again.tip()?.hash === after.at(-1)?.entry.hash ? after : before;
  await assertCoins(again, expected);
}

/** What each write after the first changed, step by step. */
async function writesOf(options: CoinCacheOptions, steps: number, each: () => void = () => {}): Promise<string[]> {
  const engine = new BrokenOffEngine();
  const store = await open(engine, options);
  const walk = new ToyWalk(() => 1);
  for (let i = 0; i < steps; i++) {
    await walk.step(store);
    each();
  }
  return engine.written.slice(1);
}

describe("when coins are stored", () => {
  test("after so many blocks, in the batch of the last", async () => {
    const written = await writesOf({ flushAfterBlocks: 3 }, 8);
    assert.deepEqual(
      written.map((letters) => letters.includes("t")),
      [true, false, false, true, false, false, true, false],
    );
  });

  test("after so many changes of coins, or so much time", async () => {
    const changes = await writesOf({ flushAfterChanges: 8 }, 6);
    assert.deepEqual(
      changes.map((letters) => letters.includes("t")),
      [true, false, false, true, false, true],
    );
    let nowMs = 0;
    const timed = await writesOf({ flushAfterMs: 100, monotonicMs: () => nowMs }, 6, () => {
      nowMs += 40;
    });
    assert.deepEqual(
      timed.map((letters) => letters.includes("t")),
      [true, false, false, true, false, false],
    );
  });

  test("when the changes outgrow the cache, and with each block if so wanted", async () => {
    const small = await writesOf({ maxBytes: 3_000 }, 12);
    const flushes = small.filter((letters) => letters.includes("t")).length;
    assert.ok(flushes > 2 && flushes < 12, `${flushes}`);
    assert.ok((await writesOf({ flushEachBlock: true }, 6)).every((letters) => letters.includes("t")));
  });

  test("in several synced batches between a mark and its removal when they are many", async () => {
    const written = await writesOf({ flushAfterBlocks: 6, maxBatchBytes: 300 }, 7);
    const flush = written.slice(written.findIndex((letters) => letters.includes("f")));
    assert.match(flush[0] ?? "", /^C?cf$/);
    assert.ok(flush.length > 2);
    assert.match(flush.at(-1) ?? "", /^C?Fc?t$/);
    assert.equal(written.at(-flush.length - 1), "behu", "the block itself comes before");
  });

  test("before undo data goes that the next start would need, and not for older", async () => {
    const engine = new BrokenOffEngine();
    const store = await open(engine, NEVER);
    const walk = new ToyWalk(() => 1);
    for (let i = 0; i < 10; i++) await walk.step(store);
    await store.flush();
    for (let i = 0; i < 10; i++) await walk.step(store);
    const prune = async (height: number): Promise<readonly string[]> => {
      engine.written.length = 0;
      const batch = store.batch();
      batch.deleteBlock((walk.chain[height] as ToyBlock).entry.hash);
      batch.putPrunedHeight(height);
      await store.commit(batch);
      return engine.written;
    };
    assert.deepEqual(await prune(9), ["BUp"]);
    assert.deepEqual(await prune(10), ["Cct", "BUp"]);
    await assertCoins(await open(engine, NEVER), walk.chain);
  });

  test("before a scan, and on closing", async () => {
    const engine = new BrokenOffEngine();
    const store = await open(engine, NEVER);
    const walk = new ToyWalk(() => 1);
    for (let i = 0; i < 5; i++) await walk.step(store);
    await assertCoins(store, walk.chain);
    await walk.step(store);
    engine.written.length = 0;
    await store.close();
    assert.deepEqual(engine.written, ["Cct", "s"]);
  });
});

describe("prefetch", () => {
  test("reads stored coins at once, and only those that are not in memory", async () => {
    const engine = new BrokenOffEngine();
    const asked: number[] = [];
    Object.assign(engine, {
      getMany: async (keys: readonly Uint8Array[]) => {
        asked.push(keys.length);
        return keys.map((key) => engine.get(key));
      },
    });
    const first = await open(engine, NEVER);
    const walk = new ToyWalk(() => 1);
    for (let i = 0; i < 10; i++) await walk.step(first);
    await first.close();
    const store = await open(engine, NEVER);
    const coins = [...coinsOf(walk.chain).values()];
    const missing: OutPoint = { txid: "ab".repeat(32) as never, vout: 0 };
    const wanted = [...coins.map(({ outPoint }) => outPoint), missing];
    store.coin(coins[0]?.outPoint as OutPoint);
    assert.equal(await store.prefetch(wanted), coins.length - 1);
    assert.deepEqual(asked, [coins.length]);
    Object.assign(engine, { get: () => assert.fail("read again") });
    for (const { outPoint, coin } of coins) assert.deepEqual(store.coin(outPoint), coin);
    assert.equal(await store.prefetch(coins.map(({ outPoint }) => outPoint)), 0);
    assert.equal(asked.length, 1);
  });
});
