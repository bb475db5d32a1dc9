import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { inputOf, payment } from "@forkyard/consensus/testing/build-block";
import type { Block } from "@forkyard/core/block";
import type { BlockHash, Txid } from "@forkyard/core/hash";
import { networkByName } from "@forkyard/core/params/networks";
import type { ChainStore } from "@forkyard/core/ports/chain-store";
import { type OutPoint, outPointKey, type Transaction } from "@forkyard/core/tx";
import { memoryChainStore } from "@forkyard/storage/open-chain-store";
import fc from "fast-check";
import { ChainWorld, coinsAfter, countingStore, storeWith } from "../testing/chain-world.ts";
import { DeferredScripts } from "../testing/deferred-scripts.ts";
import type { BlockVerdict } from "./block-verdict.ts";

const curve = selectCurve();
const regtest = networkByName("regtest");

/** A chain whose scripts wait for the test, and that is old enough for its first coinbases to be spent. */
async function waitingWorld(store: ChainStore = memoryChainStore()): Promise<{
  world: ChainWorld;
  scripts: DeferredScripts;
  base: Block[];
}> {
  const scripts = new DeferredScripts(curve);
  const world = await ChainWorld.open(store, regtest, scripts);
  const base = world.grow(110);
  scripts.deferring = true;
  return { world, scripts, base };
}

/** Spends the coinbase of a block; its script passes unless the spend brings something that must not be there. */
function spending(block: Block | undefined, passes: boolean): Transaction {
  const input = inputOf(block?.txs[0]?.txid as Txid, 0, passes ? {} : { witness: [Uint8Array.of(1)] });
  return payment([input], [1_000n]);
}

const kinds = (...verdicts: readonly BlockVerdict[][]): readonly string[] =>
  verdicts.map(([verdict]) => (verdict?.kind === "refused" ? verdict.error.code : (verdict?.kind ?? "waits")));

describe("while the scripts of a block run elsewhere", () => {
  test("the chain stays where it is and takes what comes; it moves when they are joined", async () => {
    const { world, scripts, base } = await waitingWorld();
    const tip = world.chain.tip;
    const first = world.build({ txs: [spending(base[0], true)] });
    const verdict = world.take(first);
    const child = world.build({ on: first.hash });
    const later = world.take(child);
    assert.deepEqual([world.chain.tip, world.chain.undecidedBlocks], [tip, 2]);
    assert.deepEqual(kinds(verdict, later, world.take(first)), ["waits", "waits", "duplicate"]);
    assert.equal(world.submitHeader(world.build({ on: child.hash })), undefined);
    assert.ok(world.store.blockBytes(first.hash) !== undefined, "its body is stored already");
    assert.deepEqual(scripts.waiting, [first.hash]);

    const news = world.news.length;
    scripts.answerOne();
    assert.deepEqual(kinds(verdict, later), ["connected", "waits"]);
    assert.equal(world.chain.tip.hash, first.hash);
    scripts.answerAll();
    assert.deepEqual(kinds(later), ["connected"]);
    assert.equal(world.chain.tip.hash, child.hash);
    assert.equal(world.chain.undecidedBlocks, 0);
    assert.deepEqual(
      world.news.slice(news).map((told) => (told.kind === "changed" ? told.tipSeen : told.kind)),
      [first.hash, child.hash],
    );
    assert.deepEqual(await world.coins(), coinsAfter([...base, first, child]));
  });

  test("the coins of blocks that wait are read ahead", async () => {
    const inner = memoryChainStore();
    const asked: string[] = [];
    const prefetch = async (outPoints: readonly OutPoint[]): Promise<number> =>
      asked.push(...outPoints.map(outPointKey));
    const { world, scripts, base } = await waitingWorld(storeWith(inner, { prefetch }));
    const [now, ahead] = [spending(base[0], true), spending(base[1], true)];
    const first = world.build({ txs: [now] });
    world.take(first);
    assert.deepEqual(asked, []);
    world.take(world.build({ on: first.hash, txs: [ahead] }));
    assert.deepEqual(
      asked,
      ahead.inputs.map(({ prevout }) => outPointKey(prevout)),
    );
    scripts.answerAll();
    assert.equal(world.chain.tip.height, 112);
  });

  test("a better branch that comes meanwhile takes over afterwards, as a whole", async () => {
    const { world, scripts, base } = await waitingWorld();
    const fork = world.chain.tip.hash;
    const slow = world.build({ txs: [spending(base[0], true)] });
    const slowVerdict = world.take(slow);
    const branch = [world.build({ on: fork })];
    const verdicts = [world.take(branch[0] as Block)];
    branch.push(world.build({ on: (branch[0] as Block).hash }));
    verdicts.push(world.take(branch[1] as Block));
    const news = world.news.length;
    scripts.answerAll();
    assert.deepEqual(kinds(slowVerdict, ...verdicts), ["connected", "connected", "connected"]);
    assert.equal(world.chain.tip.hash, branch[1]?.hash);
    const [, reorg] = world.news.slice(news);
    assert.ok(reorg?.kind === "changed");
    assert.deepEqual(
      [reorg.change.disconnected.map(({ block }) => block.hash), reorg.change.connected.length],
      [[slow.hash], 2],
    );
    assert.deepEqual(await world.coins(), coinsAfter([...base, ...branch]));
  });

  test("one that fails is refused with its rule, what was built on it too, and the next best chain is followed", async () => {
    const { world, scripts, base } = await waitingWorld();
    const fork = world.chain.tip.hash;
    const bad = world.build({ txs: [spending(base[0], false)] });
    const badVerdict = world.take(bad);
    const child = world.take(world.build({ on: bad.hash }));
    const rival = world.build({ on: fork });
    const rivalVerdict = world.take(rival);
    scripts.answerAll();
    assert.deepEqual(kinds(badVerdict, child, rivalVerdict), [
      "mandatory-script-verify-flag-failed",
      "bad-prevblk",
      "connected",
    ]);
    assert.equal(world.chain.tip.hash, rival.hash);
    assert.deepEqual(await world.coins(), coinsAfter([...base, rival]));
  });

  test("a failure in the middle of a reorganisation leaves everything as it was, marks aside", async () => {
    const { world, scripts, base } = await waitingWorld();
    const fork = base[107] as Block;
    const before = { tip: world.chain.tip, record: world.chain.tipRecord, coins: await world.coins() };
    const branch: Block[] = [];
    const verdicts: BlockVerdict[][] = [];
    for (const txs of [[], [spending(base[0], false)], [], []]) {
      const block = world.build({ on: branch.at(-1)?.hash ?? fork.hash, txs });
      branch.push(block);
      verdicts.push(world.take(block));
    }
    assert.deepEqual(kinds(...verdicts), ["side", "side", "waits", "waits"]);
    const seen: BlockHash[] = [];
    while (scripts.waiting.length > 0) {
      seen.push(world.chain.tip.hash);
      scripts.answerOne();
    }
    assert.deepEqual(new Set(seen), new Set([before.tip.hash]), "nothing of it shows while it is worked out");
    assert.deepEqual(kinds(...verdicts.slice(2)), ["bad-prevblk", "bad-prevblk"]);
    assert.deepEqual(
      branch.map(({ hash }) => world.entry(hash).status),
      ["body", "invalid", "invalid", "invalid"],
    );
    assert.deepEqual([world.chain.tip, world.chain.tipRecord], [before.tip, before.record]);
    assert.deepEqual(await world.coins(), before.coins);
    scripts.deferring = false;
    assert.equal(world.submit(world.build()).kind, "connected");
  });

  test("a chain that is stopped answers nobody and changes nothing; the next start connects what was stored", async () => {
    const store = memoryChainStore();
    const { world, scripts, base } = await waitingWorld(store);
    const block = world.build({ txs: [spending(base[0], true)] });
    const verdict = world.take(block);
    const before = [world.chain.tip, world.news.length];
    world.chain.stop();
    assert.deepEqual(scripts.waiting, [], "the scripts were given up");
    scripts.answerAll();
    assert.deepEqual([world.chain.tip, world.news.length, kinds(verdict)], [...before, ["waits"]]);
    await world.chain.durable();
    const next = await ChainWorld.open(store);
    assert.equal(next.chain.tip.hash, block.hash);
    assert.deepEqual(await next.coins(), coinsAfter([...base, block]));
  });

  test("what is stored first and connected later is two batches, at once one", async () => {
    const { store, batches } = countingStore(memoryChainStore());
    const { world, scripts } = await waitingWorld(store);
    const written = batches.length;
    world.take(world.build());
    scripts.answerAll();
    assert.equal(batches.length - written, 2);
    scripts.deferring = false;
    world.submit(world.build());
    assert.equal(batches.length - written, 3);
  });

  test("a disk that lost what is needed stops the node, also when nobody waits for a call to return", async () => {
    const inner = memoryChainStore();
    let lost: BlockHash | undefined;
    const blockBytes = (hash: BlockHash): Uint8Array | undefined =>
      hash === lost ? undefined : inner.blockBytes(hash);
    const { world, scripts, base } = await waitingWorld(storeWith(inner, { blockBytes }));
    world.take(world.build());
    const fork = base[108] as Block;
    let on = fork.hash;
    for (let i = 0; i < 3; i++) {
      const block = world.build({ on });
      world.take(block);
      on = block.hash;
    }
    lost = world.chain.tip.hash;
    scripts.answerAll();
    assert.match(String(world.storageFailures[0]), /is missing/);
  });

  test("a probe waits too", async () => {
    const { world, scripts, base } = await waitingWorld();
    const answers: (string | undefined)[] = [];
    for (const passes of [true, false]) {
      const block = world.build({ txs: [spending(base[0], passes)] });
      world.chain.probeBlock(block, 2_000_000_000, (error) => void answers.push(error?.code));
    }
    assert.deepEqual(answers, []);
    scripts.answerAll();
    assert.deepEqual(answers, [undefined, "mandatory-script-verify-flag-failed"]);
  });

  test("an answer may bring the next block", async () => {
    const { world, scripts } = await waitingWorld();
    const verdicts: BlockVerdict[] = [];
    world.chain.takeBlock(world.build(), 2_000_000_000, () => {
      world.chain.takeBlock(world.build(), 2_000_000_000, (verdict) => void verdicts.push(verdict));
    });
    scripts.answerAll();
    assert.deepEqual(kinds(verdicts), ["connected"]);
  });
});

/** One block of a made-up tree: a child of one of the earlier ones, good or bad, and how many answers come before it. */
const blockPlan = fc.record({
  parent: fc.nat(5),
  passes: fc.boolean(),
  pays: fc.boolean(),
  answers: fc.nat(2),
});

test("in the end it does not matter when the scripts were joined", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(blockPlan, { minLength: 1, maxLength: 14 }), async (plan) => {
      const { world, scripts, base } = await waitingWorld();
      const plain = await ChainWorld.open();
      for (const block of base) plain.submit(block);
      const known = [base.at(-1) as Block];
      const outcomes: BlockVerdict[][] = [];
      for (const { parent, passes, pays, answers } of plan) {
        const on = known[Math.max(0, known.length - 1 - parent)] as Block;
        if (world.entry(on.hash).status === "invalid" || plain.entry(on.hash).status === "invalid") continue;
        const txs = pays ? [spending(base[known.length % 8], passes)] : [];
        const block = world.build({ on: on.hash, txs });
        known.push(block);
        outcomes.push(world.take(block));
        plain.take(block);
        for (let i = 0; i < answers; i++) scripts.answerOne();
      }
      scripts.answerAll();
      assert.deepEqual(
        outcomes.filter((verdicts) => verdicts.length !== 1),
        [],
        "each is answered once",
      );
      assert.deepEqual([world.chain.undecidedBlocks, world.storageFailures], [0, []]);
      assert.equal(world.chain.tip.hash, plain.chain.tip.hash);
      assert.deepEqual(world.chain.tipRecord, plain.chain.tipRecord);
      assert.deepEqual(await world.coins(), await plain.coins());
    }),
    { numRuns: 60 },
  );
});
