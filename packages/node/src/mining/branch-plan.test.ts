import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { acceptHeader } from "@forkyard/consensus/rules/accept-header";
import { medianTimePast } from "@forkyard/consensus/rules/median-time";
import { buildBlock, inputOf, payment } from "@forkyard/consensus/testing/build-block";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockDelta } from "@forkyard/core/coins";
import { AssertionFault } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import { MAX_BLOCK_WEIGHT } from "@forkyard/core/limits";
import type { Transaction } from "@forkyard/core/tx";
import { ChainWorld, NOW_SECONDS } from "../testing/chain-world.ts";
import { BranchAncestry, coinsAtFork, type PaidTransaction, planBranch } from "./branch-plan.ts";

const SUBSIDY = 5_000_000_000n;

/** A chain of 110 blocks; the coinbases of the first ten are mature. */
async function matureWorld(): Promise<{ world: ChainWorld; coinbases: readonly Txid[] }> {
  const world = await ChainWorld.open();
  const coinbases = world.grow(110).map((block) => (block.txs[0] as Transaction).txid);
  return { world, coinbases };
}

const spend = (txid: Txid | undefined, value = SUBSIDY - 1_000n): Transaction =>
  payment([inputOf(txid as Txid, 0)], [value]);
/** Two of these fit a block, three do not. */
const heavy = (txid: Txid | undefined): Transaction =>
  payment([inputOf(txid as Txid, 0, { scriptSig: new Uint8Array(450_000) })], [1n]);
const idsOf = (plan: readonly (readonly PaidTransaction[])[]): Txid[][] =>
  plan.map((list) => list.map(({ tx }) => tx.txid));

/** Undo data of the blocks above a height, newest first. */
function undosAbove(world: ChainWorld, height: number): BlockDelta[] {
  const undos: BlockDelta[] = [];
  for (let at = world.chain.tip.height; at > height; at--) {
    undos.push(world.store.undo((world.chain.activeAt(at) as ChainEntry).hash) as BlockDelta);
  }
  return undos;
}

describe("the coins at a fork point", () => {
  test("are those of the tip with the blocks above taken back", async () => {
    const { world, coinbases } = await matureWorld();
    const fork = world.chain.tip;
    const before = await world.coins();
    const tx = spend(coinbases[0]);
    world.submit(world.build({ txs: [tx] }));
    world.submit(world.build({ txs: [spend(tx.txid, 7n)] }));
    const coins = coinsAtFork(world.store, undosAbove(world, fork.height));
    assert.deepEqual(coins.coin({ txid: coinbases[0] as Txid, vout: 0 }), before.get(`${coinbases[0]}:0`));
    assert.equal(coins.coin({ txid: tx.txid, vout: 0 }), undefined);
    assert.equal(before.size + coins.countChange, world.chain.tipRecord.coinCount + 2 * coins.countChange);
    assert.equal(coins.countChange, before.size - world.chain.tipRecord.coinCount);
  });
});

describe("the plan of a branch", () => {
  test("has the transactions in the order given, with their fees, chains of them too", async () => {
    const { world, coinbases } = await matureWorld();
    const parent = spend(coinbases[0]);
    const child = spend(parent.txid, 5n);
    const plan = planBranch([parent, child], world.store, world.chain.tip, world.params);
    assert.deepEqual(idsOf(plan), [[parent.txid, child.txid]]);
    assert.deepEqual(
      plan[0]?.map(({ fee }) => fee),
      [1_000n, SUBSIDY - 1_005n],
    );
  });

  test("leaves out what cannot be on this branch: unknown coins, coins already taken, coinbases not mature there", async () => {
    const { world, coinbases } = await matureWorld();
    const fork = world.chain.tip;
    const first = spend(coinbases[0]);
    const rival = spend(coinbases[0], 3n);
    const lost = world.build();
    world.submit(lost);
    const taken = [
      rival,
      spend("ab".repeat(32) as Txid),
      spend(coinbases[105]),
      spend(lost.txs[0]?.txid),
      payment([inputOf(first.txid, 0)], [SUBSIDY * 2n]),
    ];
    const coins = coinsAtFork(world.store, undosAbove(world, fork.height));
    const plan = planBranch([first, ...taken, spend(coinbases[1])], coins, fork, world.params);
    assert.deepEqual(idsOf(plan), [[first.txid, spend(coinbases[1]).txid]]);
  });

  test("left-out transactions take no coin from those behind them", async () => {
    const { world, coinbases } = await matureWorld();
    const greedy = spend(coinbases[0], SUBSIDY + 1n);
    const honest = spend(coinbases[0]);
    assert.deepEqual(idsOf(planBranch([greedy, honest], world.store, world.chain.tip, world.params)), [[honest.txid]]);
  });

  test("begins a new block when one is full, and maturity counts with it", async () => {
    const { world, coinbases } = await matureWorld();
    const fork = world.chain.tip;
    const txs = coinbases.slice(0, 5).map(heavy);
    const ripeLater = spend(coinbases[11]);
    const plan = planBranch([...txs, ripeLater], world.store, fork, world.params);
    assert.deepEqual(
      plan.map((list) => list.length),
      [2, 2, 2],
    );
    assert.equal(plan[2]?.[1]?.tx.txid, ripeLater.txid, "mature at the height of the third block, not of the first");
    assert.deepEqual(planBranch([ripeLater], world.store, fork, world.params), [[]]);
    for (const list of plan) {
      assert.ok(list.reduce((weight, { tx }) => weight + tx.weight, 0) < MAX_BLOCK_WEIGHT);
    }
  });

  test("without transactions is one empty block", async () => {
    const world = await ChainWorld.open();
    assert.deepEqual(planBranch([], world.store, world.chain.tip, world.params), [[]]);
  });
});

describe("ancestors on a branch that nobody knows", () => {
  test("are the branch's own above the fork and the tree's below", async () => {
    const world = await ChainWorld.open();
    world.grow(20);
    const fork = world.chain.activeAt(15) as ChainEntry;
    const ancestry = new BranchAncestry(world.chain.tree, fork);
    assert.equal(ancestry.tip, fork);
    const entries: ChainEntry[] = [];
    for (let i = 0; i < 12; i++) {
      const parent = ancestry.tip;
      const block = buildBlock(parent, world.params, { tag: 9_000 + i });
      const entry = acceptHeader(block.header, block.hash, parent, ancestry, world.params, NOW_SECONDS);
      ancestry.append(entry);
      entries.push(entry);
    }
    const tip = ancestry.tip;
    assert.equal(tip.height, 27);
    for (let height = 16; height <= 27; height++) assert.equal(ancestry.ancestor(tip, height), entries[height - 16]);
    for (let height = 0; height <= 15; height++) {
      assert.equal(ancestry.ancestor(tip, height).hash, world.chain.activeAt(height)?.hash);
    }
    assert.equal(ancestry.ancestor(fork, 3).hash, world.chain.activeAt(3)?.hash);
    const times = entries.slice(1).map(({ header }) => header.time);
    assert.equal(medianTimePast(tip, ancestry), times.toSorted((a, b) => a - b)[5]);
    assert.throws(() => ancestry.ancestor(entries[0] as ChainEntry, 20), AssertionFault);
    assert.throws(() => ancestry.append(entries[0] as ChainEntry), AssertionFault);
  });
});
