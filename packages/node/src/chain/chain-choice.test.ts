import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import type { ReorgPlan } from "@forkyard/consensus/fork-choice/reorg-plan";
import { assertRule } from "@forkyard/consensus/testing/assert-rule";
import { InputError, RuleError } from "@forkyard/core/errors";
import { ChainWorld, coinsAfter, NOW_SECONDS } from "../testing/chain-world.ts";
import { Chain, type ChainParts } from "./chain.ts";
import { loadChainStart } from "./load-chain.ts";

function storageFailed(error: unknown): never {
  throw error;
}

/** A stricter rule. */
function noSecondBlock(_block: unknown, height: number): void {
  if (height === 2) throw new RuleError("stricter-rule", { height });
}

/** A second chain that is given blocks of a world, with parts of its own. */
async function chainWith(world: ChainWorld, parts: Partial<ChainParts>): Promise<Chain> {
  const { store } = await ChainWorld.open();
  const { params } = world;
  const listener = { chainChanged: () => {}, sideBlock: () => {}, blockInvalid: () => {} };
  const start = await loadChainStart(params, store);
  return new Chain({ params, store, curve: selectCurve(), listener, storageFailed, ...parts }, start);
}

describe("what an operator declares invalid", () => {
  test("is left for the best of the rest, and comes back when it is reconsidered", async () => {
    const world = await ChainWorld.open();
    const base = world.grow(2);
    const fork = base.at(-1)?.hash ?? assert.fail();
    const first = world.grow(3, fork);
    const second = world.grow(2, fork);
    const declared = world.entry(first[0]?.hash ?? assert.fail());
    world.chain.invalidate(declared);
    assert.equal(world.chain.tip.hash, second.at(-1)?.hash);
    assert.deepEqual(await world.coins(), coinsAfter([...base, ...second]));
    assert.throws(() => world.submit(first[1] ?? assert.fail()), { code: "duplicate-invalid" });
    world.chain.reconsider(world.entry(declared.hash));
    assert.equal(world.chain.tip.hash, first.at(-1)?.hash);
    assert.deepEqual(await world.coins(), coinsAfter([...base, ...first]));
  });

  test("comes back also from another branch of the same work, which was complete later", async () => {
    const world = await ChainWorld.open();
    const [base] = world.grow(1);
    const first = world.grow(2, base?.hash ?? assert.fail());
    const second = world.grow(2, base?.hash ?? assert.fail());
    const declared = world.entry(first[1]?.hash ?? assert.fail());
    world.chain.invalidate(declared);
    assert.equal(world.chain.tip.hash, second.at(-1)?.hash);
    const later = world.entry(second[1]?.hash ?? assert.fail());
    world.chain.reconsider(declared);
    assert.equal(world.chain.tip.hash, declared.hash);
    world.chain.invalidate(later);
    world.chain.reconsider(later);
    assert.equal(world.chain.tip.hash, declared.hash, "what was complete later never replaces it");
  });

  test("without another branch the chain is cut off below it, and a new block goes on from there", async () => {
    const world = await ChainWorld.open();
    const [below, tip] = world.grow(2);
    world.chain.invalidate(world.entry(tip?.hash ?? assert.fail()));
    assert.equal(world.chain.tip.hash, below?.hash);
    const last = world.news.at(-1);
    assert.ok(last?.kind === "changed");
    assert.deepEqual(
      [last.change.disconnected.length, last.change.connected.length, last.change.tip.hash],
      [1, 0, below?.hash],
    );
    assert.equal(world.submit(world.build()).kind, "connected");
  });

  test("the genesis block cannot be", async () => {
    const world = await ChainWorld.open();
    assert.throws(() => world.chain.invalidate(world.chain.tip), InputError);
  });
});

describe("a second opinion on plans", () => {
  test("keeps a branch with more work out until it permits it; own blocks go on meanwhile", async () => {
    const world = await ChainWorld.open();
    const own = world.grow(2);
    const other = world.grow(4, world.params.genesis.hash);
    const asked: ReorgPlan[] = [];
    let lenient = false;
    const permits = (plan: ReorgPlan): boolean => {
      asked.push(plan);
      return lenient || plan.disconnect.length === 0;
    };
    const chain = await chainWith(world, { permits });
    for (const block of [...own, ...other]) chain.submitBlock(block, NOW_SECONDS);
    assert.equal(chain.tip.hash, own.at(-1)?.hash);
    assert.deepEqual(
      asked.slice(-1).map(({ disconnect, connect }) => [disconnect.length, connect.length]),
      [[2, 4]],
    );
    const next = world.build({ on: own.at(-1)?.hash ?? assert.fail() });
    assert.equal(chain.submitBlock(next, NOW_SECONDS).kind, "connected", "the heavier branch is passed over");
    lenient = true;
    const more = world.build({ on: other.at(-1)?.hash ?? assert.fail() });
    assert.equal(chain.submitBlock(more, NOW_SECONDS).kind, "connected");
    assert.equal(chain.tip.hash, more.hash);
  });
});

describe("a stricter rule of one node", () => {
  test("refuses what the others take, and what stands on it", async () => {
    const world = await ChainWorld.open();
    const [first, second, third] = world.grow(3);
    const chain = await chainWith(world, { extraRule: noSecondBlock });
    chain.submitBlock(first ?? assert.fail(), NOW_SECONDS);
    assert.throws(() => chain.submitBlock(second ?? assert.fail(), NOW_SECONDS), { code: "stricter-rule" });
    assertRule("bad-prevblk", () => chain.submitBlock(third ?? assert.fail(), NOW_SECONDS));
    assert.equal(chain.tip.hash, first?.hash);
  });
});
