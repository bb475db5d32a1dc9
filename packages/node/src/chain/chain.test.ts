import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertRule } from "@forkyard/consensus/testing/assert-rule";
import { inputOf, mine, payment } from "@forkyard/consensus/testing/build-block";
import { type Block, blockFromBytes } from "@forkyard/core/block";
import { fromHex } from "@forkyard/core/bytes/bytes";
import { RuleError } from "@forkyard/core/errors";
import { describeVectors } from "@forkyard/core/testing/vectors";
import { outPointKey, Transaction } from "@forkyard/core/tx";
import { memoryChainStore } from "@forkyard/storage/open-chain-store";
import { ChainWorld, coinsAfter, countingStore } from "../testing/chain-world.ts";

const hashesOf = (blocks: readonly { readonly hash: string }[]): string[] => blocks.map(({ hash }) => hash);

/** A chain long enough that the first coinbase may be spent, and a block that spends it. */
async function worldWithPayment(): Promise<{ world: ChainWorld; base: Block[]; paying: Block }> {
  const world = await ChainWorld.open();
  const base = world.grow(100);
  const tx = payment([inputOf((base[0] as Block).txs[0]?.txid as never, 0)], [20n, 30n]);
  const paying = world.build({ txs: [tx] });
  return { world, base, paying };
}

describe("the chain grows", () => {
  test("block by block: each is connected, told, and counted", async () => {
    const world = await ChainWorld.open();
    const blocks = world.grow(3);
    assert.equal(world.chain.tip.hash, blocks[2]?.hash);
    assert.deepEqual(await world.coins(), coinsAfter(blocks));
    const told = world.news.map((news) => (news.kind === "changed" ? [news.change.tip.height, news.tipSeen] : []));
    assert.deepEqual(
      told,
      blocks.map(({ hash }, index) => [index + 1, hash]),
      "who is told sees the new tip already",
    );
    const { coinCount, coinTotal, height } = world.chain.tipRecord;
    assert.deepEqual([coinCount, coinTotal, height], [3, 3n * 5_000_000_000n, 3]);
    assert.deepEqual(world.store.tip(), world.chain.tipRecord);
  });

  test("a block it has is a duplicate, one without a parent waits outside", async () => {
    const world = await ChainWorld.open();
    const [first, second] = [world.build(), world.build()];
    world.submit(first);
    assert.equal(world.submit(first).kind, "duplicate");
    assert.equal(world.submit(second).kind, "side");
    assert.equal(world.submit(second).kind, "duplicate");
    const elsewhere = await ChainWorld.open();
    elsewhere.grow(1);
    const orphan = elsewhere.build();
    assert.deepEqual(world.submit(orphan), { kind: "unknown-parent", parent: orphan.header.prevHash });
    assert.equal(world.chain.tree.has(orphan.hash), false);
  });

  test("spent coins go, made ones come, and the block says what it did", async () => {
    const { world, base, paying } = await worldWithPayment();
    assert.equal(world.submit(paying).kind, "connected");
    assert.deepEqual(await world.coins(), coinsAfter([...base, paying]));
    const last = world.news.at(-1);
    assert.ok(last?.kind === "changed");
    const [connected] = last.change.connected;
    assert.deepEqual([connected?.delta.spent.length, connected?.inputsVerified], [1, 1]);
    assert.equal(connected?.fees, 5_000_000_000n - 50n);
  });

  test("looking up by height knows the active chain only", async () => {
    const world = await ChainWorld.open();
    const [first] = world.grow(2);
    const side = world.build({ on: world.params.genesis.hash });
    world.submit(side);
    assert.equal(world.chain.activeAt(1)?.hash, first?.hash);
    assert.deepEqual([world.chain.activeAt(3), world.chain.activeAt(-1)], [undefined, undefined]);
    assert.equal(world.chain.isActive(world.entry(side.hash)), false);
    assert.equal(world.chain.block(side.hash)?.hash, side.hash);
  });
});

describe("a heavier branch", () => {
  test("takes over in one batch: blocks back newest first, on oldest first, coins as if the old branch never was", async () => {
    const { store, batches } = countingStore(memoryChainStore());
    const world = await ChainWorld.open(store);
    const base = world.grow(101);
    const spend = (index: number): ReturnType<typeof payment> =>
      payment([inputOf((base[index] as Block).txs[0]?.txid as never, 0)], [7n, 8n]);
    const fork = world.chain.tip.hash;
    const old = [world.build({ txs: [spend(0)] })];
    world.submit(old[0] as Block);
    old.push(...world.grow(2));
    const branch = [world.build({ on: fork, txs: [spend(0), spend(1)] })];
    world.submit(branch[0] as Block);
    branch.push(...world.grow(2, branch[0]?.hash));
    assert.deepEqual(hashesOf([world.chain.tip]), hashesOf(old.slice(-1)), "equal work changes nothing");
    const before = { batches: batches.length, news: world.news.length };

    const last = world.build({ on: (branch[2] as Block).hash });
    assert.equal(world.submit(last).kind, "connected");

    assert.equal(batches.length - before.batches, 1, "one batch");
    const [told, ...more] = world.news.slice(before.news);
    assert.equal(more.length, 0);
    assert.ok(told?.kind === "changed");
    assert.equal(told.change.fork.hash, fork);
    assert.deepEqual(hashesOf(told.change.disconnected.map(({ block }) => block)), hashesOf(old).reverse());
    assert.deepEqual(hashesOf(told.change.connected.map(({ block }) => block)), hashesOf([...branch, last]));
    assert.deepEqual(await world.coins(), coinsAfter([...base, ...branch, last]));
    assert.deepEqual(store.tip(), world.chain.tipRecord);
    assert.equal(store.tip()?.hash, last.hash);
  });

  test("and back again: the coins of the first branch are exactly those it had", async () => {
    const { world, base, paying } = await worldWithPayment();
    world.submit(paying);
    const [second] = world.grow(1);
    const before = { coins: await world.coins(), record: world.chain.tipRecord };
    const rival = world.grow(4, base[98]?.hash);
    assert.equal(world.chain.tip.hash, rival[3]?.hash);
    assert.notDeepEqual(await world.coins(), before.coins);
    const more = world.grow(2, second?.hash);
    assert.equal(world.chain.tip.hash, more[1]?.hash);
    assert.deepEqual(await world.coins(), coinsAfter([...base, paying, second as Block, ...more]));
    assert.equal(world.chain.tipRecord.coinTotal, before.record.coinTotal + 2n * 5_000_000_000n);
  });

  test("of equal work loses to the one seen first, by order of bodies and not of headers", async () => {
    const world = await ChainWorld.open();
    const [early, late] = [world.build(), world.build()];
    assert.equal(world.submitHeader(late), undefined);
    assert.equal(world.submit(early).kind, "connected");
    assert.equal(world.submit(late).kind, "side");
    assert.equal(world.chain.tip.hash, early.hash);
    assert.equal(world.submit(world.build({ on: late.hash })).kind, "connected");
    assert.equal(world.chain.activeAt(1)?.hash, late.hash);
  });

  test("waits for a body in its middle, and takes over when that comes", async () => {
    const world = await ChainWorld.open();
    world.grow(1);
    const other = await ChainWorld.open();
    const branch = other.grow(3);
    assert.equal(world.submitHeader(branch[0] as Block), undefined);
    assert.equal(world.submitHeader(branch[1] as Block), undefined);
    assert.equal(world.submit(branch[2] as Block).kind, "side");
    assert.equal(world.submit(branch[0] as Block).kind, "side");
    assert.equal(world.chain.tip.height, 1);
    assert.equal(world.submit(branch[1] as Block).kind, "connected");
    assert.equal(world.chain.tip.hash, branch[2]?.hash);
  });
});

/** A branch from genesis whose second block takes more than it may: only its coins show it. */
function greedyBranch(world: ChainWorld, length: number, on = world.params.genesis.hash): Block[] {
  const branch: Block[] = [];
  const tips = [on];
  for (let i = 0; i < length; i++) {
    const coinbaseValue = i === 1 ? 5_000_000_001n : 5_000_000_000n;
    const block = world.build({ on: tips.at(-1) as never, coinbaseValue });
    assert.equal(world.submitHeader(block), undefined);
    branch.push(block);
    tips.push(block.hash);
  }
  return branch;
}

describe("a heavier branch with a broken block in it", () => {
  test("changes nothing but marks: the best valid chain stays, the broken block and all above it are invalid", async () => {
    const { store, batches } = countingStore(memoryChainStore());
    const world = await ChainWorld.open(store);
    world.grow(4);
    const before = { tip: world.chain.tip, record: world.chain.tipRecord, coins: await world.coins() };
    const branch = greedyBranch(world, 5);
    for (const block of branch.slice(0, 4)) assert.equal(world.submit(block).kind, "side");
    const news = world.news.length;
    const written = batches.length;
    assertRule("bad-prevblk", () => world.submit(branch[4] as Block));
    assert.equal(batches.length - written, 1);
    assert.deepEqual([world.chain.tip, world.chain.tipRecord, store.tip()], [before.tip, before.record, before.record]);
    assert.deepEqual(await world.coins(), before.coins);
    assert.deepEqual(
      branch.map(({ hash }) => world.entry(hash).status),
      ["body", "invalid", "invalid", "invalid", "invalid"],
    );
    assert.deepEqual(
      world.news.slice(news).map((each) => (each.kind === "invalid" ? [each.entry.hash, each.error.code] : each.kind)),
      [[branch[1]?.hash, "bad-cb-amount"]],
    );
    assertRule("bad-prevblk", () => world.submit(world.build({ on: (branch[4] as Block).hash })));
    for (const block of branch.slice(1)) {
      assert.throws(
        () => world.submit(block),
        (error) => error instanceof RuleError && error.code === "duplicate-invalid",
      );
    }
    assert.equal(world.submit(world.build()).kind, "connected", "and the chain goes on");
  });

  test("when it breaks on connecting alone, the block itself is refused with its rule", async () => {
    const world = await ChainWorld.open();
    world.grow(1);
    assertRule("bad-cb-amount", () => world.submit(world.build({ coinbaseValue: 5_000_000_001n })));
    assert.equal(world.chain.tip.height, 1);
  });

  test("gives way to the next best one that holds", async () => {
    const world = await ChainWorld.open();
    const [tip] = world.grow(1);
    const missing = world.build({ on: world.params.genesis.hash });
    assert.equal(world.submitHeader(missing), undefined);
    const greedy = greedyBranch(world, 5, missing.hash);
    for (const block of greedy) world.submit(block);
    const honest = world.grow(3, missing.hash);
    assert.equal(world.chain.tip.hash, tip?.hash);
    const news = world.news.length;

    assert.equal(world.submit(missing).kind, "connected");

    assert.equal(world.chain.tip.hash, honest[2]?.hash);
    assert.deepEqual(
      world.news.slice(news).map(({ kind }) => kind),
      ["changed", "invalid"],
    );
    assert.deepEqual(await world.coins(), coinsAfter([missing, ...honest]));
    assert.equal(world.entry(greedy[4]?.hash as never).status, "invalid");
  });
});

describe("what condemns a hash and what does not", () => {
  test("a mutated copy of a body leaves the hash acceptable, whatever was done to it", async () => {
    const { world, paying } = await worldWithPayment();
    const [coinbase, tx] = paying.txs;
    assert.ok(coinbase !== undefined && tx !== undefined);
    for (const txs of [[coinbase, tx, tx], [coinbase], [], [tx, coinbase]]) {
      assertRule("bad-txnmrklroot", () => world.submit({ ...paying, txs }));
    }
    const odd = world.build({ txs: [tx, payment([inputOf(tx.txid, 0)], [1n])] });
    const repeated = [...odd.txs, odd.txs[2] as never];
    assertRule("bad-txns-duplicate", () => world.submit({ ...odd, txs: repeated }));
    assert.equal(world.chain.tree.has(odd.hash), false);
    assert.equal(world.submit(odd).kind, "connected");
    assert.equal(world.submit(paying).kind, "side");
  });

  test("witnesses that nobody committed to are a mutation too; the header stays known and the true body fits it", async () => {
    const world = await ChainWorld.open();
    const block = world.build();
    const [coinbase] = block.txs;
    assert.ok(coinbase !== undefined);
    const { version, inputs, outputs, lockTime } = coinbase;
    const stuffed = inputs.map((input) => ({ ...input, witness: [new Uint8Array(32)] }));
    const changed = { ...block, txs: [new Transaction({ version, inputs: stuffed, outputs, lockTime })] };
    assertRule("unexpected-witness", () => world.submit(changed));
    assert.equal(world.entry(block.hash).status, "header");
    assert.equal(world.submit(block).kind, "connected");
  });

  test("a fault that the header commits to is remembered, so that the block is never asked for again", async () => {
    const world = await ChainWorld.open();
    const coinbase = world.build().txs[0];
    const block = world.build({ txs: [coinbase as never] });
    assertRule("bad-cb-multiple", () => world.submit(block));
    assert.equal(world.entry(block.hash).status, "invalid");
    assert.throws(
      () => world.submit(block),
      (error) => error instanceof RuleError && error.code === "duplicate-invalid",
    );
    assert.equal(world.submitHeader(world.build({ on: block.hash }))?.code, "bad-prevblk");
    assert.equal(world.submitHeader(block)?.code, "duplicate-invalid", "nor is its header taken again");
  });

  test("neither is a header without work, nor one ahead of its time", async () => {
    const world = await ChainWorld.open();
    const block = world.build();
    const idle = mine(block.header, block.txs, false);
    assertRule("high-hash", () => world.submit(idle));
    assert.equal(world.chain.tree.has(idle.hash), false);
    const early = world.build({ header: { time: 2_000_000_000 + 7_201 } });
    assertRule("time-too-new", () => world.submit(early));
    assert.equal(world.chain.tree.has(early.hash), false);
    assert.equal(world.chain.submitBlock(early, 2_000_000_001).kind, "connected");
  });
});

describe("headers", () => {
  test("are taken up to the first that breaks a rule", async () => {
    const other = await ChainWorld.open();
    const [first, second, third] = other.grow(3);
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    const world = await ChainWorld.open();
    const wrong = { ...second.header, bits: 0x1d00ffff };
    const { accepted, error } = world.chain.submitHeaders([first.header, wrong, third.header], 2_000_000_000);
    assert.deepEqual([hashesOf(accepted), error?.code], [[first.hash], "high-hash"]);
    assert.equal(world.submitHeader(third)?.code, "prev-blk-not-found");
    assert.equal(world.submitHeader(second), undefined);
    assert.equal(world.chain.tip.height, 0, "headers connect nothing");
    assert.equal(world.chain.tree.bestHeader().hash, second.hash);
  });
});

describe("probing a block", () => {
  test("names the rule it breaks and changes nothing either way", async () => {
    const world = await ChainWorld.open();
    world.grow(1);
    const before = [world.chain.tip, world.chain.tipRecord, world.news.length, world.chain.tree.size];
    const answers: (string | undefined)[] = [];
    for (const block of [world.build(), world.build({ coinbaseValue: 5_000_000_001n })]) {
      world.chain.probeBlock(block, 2_000_000_000, (error) => void answers.push(error?.code));
    }
    assert.deepEqual(answers, [undefined, "bad-cb-amount"]);
    assert.deepEqual([world.chain.tip, world.chain.tipRecord, world.news.length, world.chain.tree.size], before);
  });
});

interface ReorgVector {
  readonly branch_a: readonly { readonly raw: string }[];
  readonly branch_b: readonly { readonly raw: string }[];
  readonly fork_point: { readonly hash: string };
  readonly expected_tip: { readonly hash: string; readonly blocks_disconnected: number };
}

describeVectors("a published reorganisation", (vectors) => {
  test("five blocks back, eleven forward, as one change", async () => {
    const vector = vectors.json<ReorgVector>("blocks/regtest-reorg.json");
    const world = await ChainWorld.open();
    const blocksOf = (branch: ReorgVector["branch_a"]): Block[] =>
      branch.map(({ raw }) => blockFromBytes(fromHex(raw)));
    for (const block of [...blocksOf(vector.branch_a), ...blocksOf(vector.branch_b)]) world.submit(block);
    assert.equal(world.chain.tip.hash, vector.expected_tip.hash);
    const reorgs = world.news.flatMap((news) =>
      news.kind === "changed" && news.change.disconnected.length > 0 ? [news.change] : [],
    );
    assert.equal(reorgs.length, 1);
    assert.deepEqual(
      [reorgs[0]?.fork.hash, reorgs[0]?.disconnected.length],
      [vector.fork_point.hash, vector.expected_tip.blocks_disconnected],
    );
    const chain = [...blocksOf(vector.branch_a).slice(0, 5), ...blocksOf(vector.branch_b)];
    assert.deepEqual([...(await world.coins()).keys()], [...coinsAfter(chain).keys()]);
    assert.equal((await world.coins()).has(outPointKey({ txid: chain.at(-1)?.txs[0]?.txid as never, vout: 0 })), true);
  });
});
