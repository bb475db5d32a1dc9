import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Block } from "@forkyard/core/block";
import type { Transaction } from "@forkyard/core/tx";
import { PoolWorld, type Purse, purses, spend } from "./testing/pool-world.ts";

/** Takes `depth` blocks back and mines `branch` instead; tells the mempool in one call. */
function reorganise(world: PoolWorld, blocks: readonly Block[], branch: readonly (readonly Transaction[])[]) {
  const disconnected = blocks.toReversed();
  for (const _ of disconnected) world.chain.disconnect();
  const connected = branch.map((txs) => world.mineQuietly(txs));
  return world.pool.reorganised(disconnected, connected, world.context());
}

function fatesOf(result: { fates: readonly { txid: string; fate: string; reason?: string; replacedBy?: string }[] }) {
  return new Map(result.fates.map(({ txid, fate, reason, replacedBy }) => [txid, [fate, reason ?? replacedBy]]));
}

describe("a reorganisation", () => {
  test("tells what became of every transaction", () => {
    const world = new PoolWorld();
    const [a, b, c, d] = world.fund(4) as [Purse, Purse, Purse, Purse];
    const minedAgain = spend([a]);
    const back = spend([b]);
    const backChild = spend(purses(back));
    const robbed = spend([c]);
    const robbedChild = spend(purses(robbed));
    const waiting = spend([d]);
    const first = world.mine([minedAgain, back, robbed]);
    const second = world.mine([backChild, robbedChild]);
    world.pool.accept(waiting, world.context());
    const waitingOnBack = spend(purses(backChild));
    const waitingOnRobbed = spend(purses(robbedChild));
    for (const tx of [waitingOnBack, waitingOnRobbed]) world.pool.accept(tx, world.context());

    const thief = spend([c], { fee: 5_000n, salt: 9 });
    const result = reorganise(world, [first, second], [[minedAgain, thief], [], []]);
    const fates = fatesOf(result);
    assert.deepEqual(fates.get(minedAgain.txid), ["mined", undefined]);
    assert.deepEqual(fates.get(back.txid), ["mempool", undefined]);
    assert.deepEqual(fates.get(backChild.txid), ["mempool", undefined]);
    assert.deepEqual(fates.get(robbed.txid), ["replaced", thief.txid]);
    assert.deepEqual(fates.get(robbedChild.txid), ["dropped", "bad-txns-inputs-missingorspent"]);
    for (const block of [first, second]) {
      assert.deepEqual(fates.get((block.txs[0] as Transaction).txid), ["dropped", "coinbase"]);
    }
    assert.deepEqual(
      result.fates.map(({ txid }) => txid),
      [...first.txs, ...second.txs].map(({ txid }) => txid),
    );
    assert.deepEqual(
      new Set(Array.from(world.pool.entries(), ({ txid }) => txid)),
      new Set([waiting, back, backChild, waitingOnBack].map(({ txid }) => txid)),
    );
    assert.equal(world.pool.get(waitingOnBack.txid)?.ancestors.count, 3);
    assert.equal(world.pool.get(back.txid)?.descendants.count, 3);
    assert.deepEqual(
      result.changes.removed.map(({ entry, reason }) => [entry.txid, reason]),
      [[waitingOnRobbed.txid, "reorg"]],
    );
    // Parents first, although they came in after their child.
    assert.deepEqual(
      world.pool
        .select(1_000_000)
        .map(({ tx }) => tx.txid)
        .filter((txid) => txid !== waiting.txid),
      [back.txid, backChild.txid, waitingOnBack.txid],
    );
    world.mine(world.pool.select(1_000_000).map(({ tx }) => tx));
    assert.equal(world.pool.size, 0);
  });

  test("takes out what the new branch has mined already", () => {
    const world = new PoolWorld();
    const [a, b] = world.fund(2) as [Purse, Purse];
    const [mined, conflicting] = [spend([a]), spend([b])];
    const tip = world.mine();
    for (const tx of [mined, conflicting]) world.pool.accept(tx, world.context());
    const result = reorganise(world, [tip], [[mined], [spend([b], { salt: 1 })]]);
    assert.deepEqual(result.confirmed, [mined.txid]);
    assert.deepEqual(result.conflicted, [conflicting.txid]);
    assert.equal(world.pool.size, 0);
  });

  test("drops what is no longer final or past its relative lock, with what hangs on it", () => {
    const world = new PoolWorld();
    const [a, b, c] = world.fund(3) as [Purse, Purse, Purse];
    const confirmed = spend([c]);
    world.mine([confirmed]);
    const blocks = [world.mine(), world.mine(), world.mine()];
    const height = world.context().height;
    const locked = spend([a], { lockTime: height - 1, sequence: 0, version: 1 });
    const lockedChild = spend(purses(locked));
    const relative = spend(purses(confirmed), { sequence: 4 });
    const steady = spend([b]);
    for (const tx of [locked, lockedChild, relative, steady]) world.pool.accept(tx, world.context());
    const result = reorganise(world, blocks, [[]]);
    assert.deepEqual(
      Array.from(world.pool.entries(), ({ txid }) => txid),
      [steady.txid],
    );
    assert.ok(result.changes.removed.every(({ reason }) => reason === "reorg"));
  });

  test("drops the spend of a coinbase that is not mature on the new tip, or gone", () => {
    const world = new PoolWorld();
    const coinbase = world.mine();
    const blocks = [1, 2, 3, 4].map(() => world.mine());
    const tx = spend(purses(coinbase.txs[0] as Transaction).slice(0, 1));
    assert.equal(world.pool.accept(tx, world.context()).status, "accepted");
    reorganise(world, blocks.slice(3), []);
    assert.equal(world.pool.size, 0);
    const again = [world.mine()];
    world.pool.accept(tx, world.context());
    const mined = world.mine([tx]);
    const result = reorganise(world, [coinbase, ...blocks.slice(0, 3), ...again, mined], [[]]);
    assert.deepEqual(fatesOf(result).get(tx.txid), ["dropped", "bad-txns-inputs-missingorspent"]);
    assert.equal(world.pool.size, 0);
  });

  test("puts back chains that are longer than the mempool lets in", () => {
    const world = new PoolWorld();
    let from = world.fund(1);
    const blocks: Block[] = [];
    const txs: Transaction[] = [];
    for (let i = 0; i < 60; i++) {
      const tx = spend(from);
      blocks.push(world.mine([tx]));
      txs.push(tx);
      from = purses(tx);
    }
    reorganise(world, blocks, []);
    assert.equal(world.pool.size, 60);
    assert.equal(world.pool.get((txs[59] as Transaction).txid)?.ancestors.count, 60);
    assert.deepEqual(
      world.pool.select(4_000_000).map(({ tx }) => tx.txid),
      txs.map(({ txid }) => txid),
    );
    world.mine(txs);
    assert.equal(world.pool.size, 0);
  });

  test("a pool over its limit tells who could not stay", () => {
    const probe = new PoolWorld();
    probe.pool.accept(spend(probe.fund(1)), probe.context());
    const world = new PoolWorld({ maxUsageBytes: probe.pool.usageBytes * 2 });
    const funds = world.fund(3);
    const txs = funds.map((purse, i) => spend([purse], { fee: BigInt(1_000 * (i + 1)) }));
    const fates = fatesOf(reorganise(world, [world.mine(txs)], []));
    assert.deepEqual(
      txs.map(({ txid }) => fates.get(txid)),
      [
        ["dropped", "mempool full"],
        ["mempool", undefined],
        ["mempool", undefined],
      ],
    );
  });

  test("gives a transaction its chance that waited for a coin which a block taken back had spent", () => {
    const world = new PoolWorld();
    const [coin, other] = world.fund(2) as [Purse, Purse];
    const spender = spend([coin, other]);
    const block = world.mine([spender]);
    const waiting = spend([coin], { salt: 3 });
    assert.equal(world.pool.accept(waiting, world.context("a peer")).status, "orphan");
    reorganise(world, [block], [[spend([other], { salt: 4 })], []]);
    assert.deepEqual([world.pool.has(waiting.txid), world.pool.hasOrphan(waiting.txid)], [true, false]);
  });
});
