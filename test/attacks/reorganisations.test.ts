/** Sections A and C of the catalogue: branches against one another, on whole nodes in a simulated network. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Block, encodeBlock } from "@forkyard/core/block";
import type { BlockHash } from "@forkyard/core/hash";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import { COIN } from "@forkyard/core/units";
import { FakePeer } from "./support/fake-peer.ts";
import { Forge } from "./support/forge.ts";
import { assertCoins } from "./support/naive-ledger.ts";
import { story } from "./support/play.ts";
import { SimNetwork } from "./support/sim-network.ts";
import { SimNode } from "./support/sim-node.ts";
import { pay, spend } from "./support/spending.ts";
import { coinbaseOf, outputOf } from "./support/story.ts";
import { VirtualTime } from "./support/virtual-time.ts";

const NOW_MS = 2_000_000_000_000;
const params: NetworkParams = { ...networkByName("regtest"), coinbaseMaturity: 2 };
const DEEP_BLOCKS = 1_088;

interface World {
  readonly network: SimNetwork;
  readonly forge: Forge;
  readonly node: SimNode;
}

async function world(): Promise<World> {
  const network = new SimNetwork(new VirtualTime(NOW_MS));
  return { network, forge: new Forge(params), node: await SimNode.start({ id: "node", params, network }) };
}

/** Ordinary blocks on a block, oldest first. */
function grow(forge: Forge, on: BlockHash, count: number): readonly Block[] {
  const blocks: Block[] = [];
  for (let i = 0; i < count; i++) blocks.push(forge.build(blocks.at(-1)?.hash ?? on));
  return blocks;
}

function submit(node: SimNode, ...blocks: readonly Block[]): void {
  for (const block of blocks) node.node.submitOwnBlock(block);
}

const last = <T>(list: readonly T[]): T => list.at(-1) as T;
const coinbase = (block: Block): ReturnType<typeof outputOf> => outputOf(block.txs[0] as never);

test(`item 22: ${DEEP_BLOCKS} blocks taken back, and then put on again, with a double spend in every tenth`, async () => {
  const { forge, node } = await world();
  const base = grow(forge, params.genesis.hash, 110);
  /** Every tenth block spends the same coin on both branches, to different amounts. */
  const branch = (length: number, amount: bigint): readonly Block[] => {
    const blocks: Block[] = [];
    for (let i = 0; i < length; i++) {
      const spent = i % 10 === 0 ? base[i / 10] : undefined;
      const txs = spent === undefined ? [] : [pay([coinbase(spent)], amount)];
      blocks.push(forge.build((blocks.at(-1) ?? last(base)).hash, { txs }));
    }
    return blocks;
  };
  const [a, b] = [branch(DEEP_BLOCKS, 1n), branch(DEEP_BLOCKS + 1, 2n)];
  submit(node, ...base, ...a);
  await assertCoins(node, forge);
  submit(node, ...b);
  assert.equal(node.chain.tip.hash, last(b).hash);
  await assertCoins(node, forge);
  submit(node, ...grow(forge, last(a).hash, 2));
  assert.equal(node.chain.tip.height, 110 + DEEP_BLOCKS + 2);
  await assertCoins(node, forge);
  const again = await node.restart();
  assert.equal(again.chain.tip.hash, node.chain.tip.hash);
  await assertCoins(again, forge);
  await again.stop();
});

story(
  "item 23: a branch with more work, but a block in it that breaks a rule",
  (chain) => {
    chain.grow(3);
    const coin = chain.coin();
    chain.block("a1").accepted();
    chain
      .block("b1")
      .on("block 3")
      .with(spend([coin]))
      .side();
    chain
      .block("b2")
      .on("b1")
      .pays(51n * COIN)
      .rejected("bad-cb-amount");
    chain.block("b3").on("b1").accepted();
    chain.coins({ lacks: [coin.outPoint] });
  },
  { ways: ["gossip", "sync", "submitblock"] },
);

/** Ten blocks with work, of which the fourth takes too much, against five good ones. */
async function brokenInTheMiddle(): Promise<World & { good: readonly Block[]; bad: readonly Block[] }> {
  const { network, forge, node } = await world();
  const base = grow(forge, params.genesis.hash, 5);
  const good = grow(forge, last(base).hash, 5);
  const start = grow(forge, last(base).hash, 3);
  const broken = forge.build(last(start).hash, { pays: 51n * COIN });
  const bad = [...start, broken, ...grow(forge, broken.hash, 6)];
  submit(node, ...base);
  return { network, forge, node, good, bad };
}

describe("item 23: a heavier branch is bad in its middle", () => {
  test("the node ends on the best good chain; nobody is punished who only showed headers", async () => {
    const { network, forge, node, good, bad } = await brokenInTheMiddle();
    const honest = FakePeer.at(network, "honest", forge).serve(last(good).hash);
    const headersOnly = FakePeer.at(network, "headers only", forge).serve(last(bad).hash);
    headersOnly.silent.add("blocks");
    const liar = FakePeer.at(network, "liar", forge).serve(last(bad).hash);
    for (const peer of [headersOnly, honest, liar]) network.connect(peer.transport.self, "node");
    network.time.run(120_000);
    assert.equal(node.chain.tip.hash, last(good).hash);
    assert.deepEqual(
      bad.map(({ hash }) => node.status(hash) === "invalid"),
      [false, false, false, true, true, true, true, true, true, true],
    );
    assert.ok(liar.pointsAt(node.transport) > 0, "who served the bad block is blamed");
    assert.equal(honest.pointsAt(node.transport), 0);
    const reasons = node.transport.penalties.filter(({ peer }) => peer === "headers only").map(({ reason }) => reason);
    assert.deepEqual(new Set(reasons), new Set(["no blocks in time"]), "blamed for silence, and for nothing else");
    await assertCoins(node, forge);
    await node.stop();
  });

  test("nothing of it is fetched again, also after a restart", async () => {
    const { network, forge, node, good, bad } = await brokenInTheMiddle();
    submit(node, ...good);
    const first = FakePeer.at(network, "first", forge).serve(last(bad).hash);
    network.connect("first", "node");
    network.time.run(20_000);
    assert.equal(first.asked.get(bad[3]?.hash as BlockHash), 1);
    network.disconnect("first", "node");
    const again = await node.restart();
    const second = FakePeer.at(network, "second", forge).serve(last(bad).hash);
    network.connect("second", "node");
    network.time.run(60_000);
    assert.equal(second.asked.size, 0);
    assert.equal(second.pointsAt(again.transport), 0, "an honest peer may not know better");
    assert.equal(again.chain.tip.hash, last(good).hash);
    await again.stop();
  });
});

describe("item 11: a mutated copy comes while an honest peer is there", () => {
  for (const [name, delay] of [
    ["the liar is asked first", 0],
    ["the honest peer comes a second later", 1_000],
  ] as const) {
    test(`sync goes on with the honest copy within seconds: ${name}`, async () => {
      const { network, forge, node } = await world();
      const base = grow(forge, params.genesis.hash, 5);
      const coins = base.map(coinbase);
      const block = forge.build(last(base).hash, { txs: [spend([coins[0] as never]), spend([coins[1] as never])] });
      const tip = last(grow(forge, block.hash, 2));
      submit(node, ...base);
      const liar = FakePeer.at(network, "liar", forge).serve(tip.hash);
      liar.bodies.set(block.hash, encodeBlock({ ...block, txs: [...block.txs, ...block.txs.slice(-1)] }));
      FakePeer.at(network, "honest", forge).serve(tip.hash);
      network.connect("liar", "node");
      network.time.run(delay);
      network.connect("honest", "node");
      const startedMs = network.time.elapsedMs;
      assert.ok(
        network.time.run(120_000, () => node.chain.tip.hash === tip.hash),
        "the node never got there",
      );
      assert.ok(network.time.elapsedMs - startedMs < 10_000, `took ${network.time.elapsedMs - startedMs} ms`);
      await assertCoins(node, forge);
      await node.stop();
    });
  }
});

describe("item 43: two branches with the same work", () => {
  test("the one that was complete first stays, whoever sends the other how often", async () => {
    const { network, forge, node } = await world();
    const base = grow(forge, params.genesis.hash, 3);
    const [a, b] = [grow(forge, last(base).hash, 2), grow(forge, last(base).hash, 2)];
    submit(node, ...base, ...a);
    const attackers = Array.from({ length: 8 }, (_, i) =>
      FakePeer.at(network, `attacker ${i}`, forge).serve(last(b).hash),
    );
    for (const attacker of attackers) {
      network.connect(attacker.transport.self, "node");
      for (const block of b) attacker.transport.publish("blocks", encodeBlock(block));
      network.time.run(3_000);
      assert.equal(node.chain.tip.hash, last(a).hash);
    }
    const again = await node.restart();
    assert.equal(again.chain.tip.hash, last(a).hash, "a restart is no chance either");
    submit(again, forge.build(last(b).hash));
    assert.equal(again.chain.tip.height, 6, "one block more decides");
    await assertCoins(again, forge);
    await again.stop();
  });

  test("headers that came first do not count, only blocks do", async () => {
    const { forge, node } = await world();
    const [early, late] = [forge.build(params.genesis.hash), forge.build(params.genesis.hash)];
    node.chain.submitHeaders([early.header], NOW_MS / 1000);
    submit(node, late, early);
    assert.equal(node.chain.tip.hash, late.hash);
    await node.stop();
  });
});

test("item 45: a private branch of seven blocks is released after a payment had six confirmations", async () => {
  const { network, forge, node } = await world();
  const watcher = await SimNode.start({ id: "watcher", params, network });
  network.connect("node", "watcher");
  const base = grow(forge, params.genesis.hash, 4);
  const coin = coinbase(base[0] as Block);
  const [payment, theft] = [pay([coin], 7n), pay([coin], 8n)];
  const paid = forge.build(last(base).hash, { txs: [payment] });
  const secret = forge.build(last(base).hash, { txs: [theft] });
  submit(node, ...base, paid, ...grow(forge, paid.hash, 5));
  network.time.run(10_000);
  assert.equal(watcher.chain.tip.height, 10);
  const released = [secret, ...grow(forge, secret.hash, 6)];
  const attacker = FakePeer.at(network, "attacker", forge).serve(last(released).hash);
  network.connect("attacker", "node");
  for (const block of released) attacker.transport.publish("blocks", encodeBlock(block));
  network.time.run(30_000);
  for (const each of [node, watcher]) {
    assert.equal(each.chain.tip.hash, last(released).hash, "both nodes follow the work");
    const coins = await each.coins();
    assert.deepEqual([coins.has(`${payment.txid}:0`), coins.has(`${theft.txid}:0`)], [false, true]);
    const reorgs = each.node.events.since(1).events.filter(({ type }) => type === "reorg");
    assert.deepEqual(
      reorgs.map((event) => event.type === "reorg" && event.depth),
      [6],
      "one alarm that says how deep",
    );
    assert.equal(each.node.mempool.has(payment.txid), false, "what is double spent does not come back");
    await assertCoins(each, forge);
    await each.stop();
  }
});

test("item 21: the coinbase of a block that was taken back", async () => {
  const { forge, node } = await world();
  const a = grow(forge, params.genesis.hash, 3);
  const b = grow(forge, params.genesis.hash, 4);
  submit(node, ...a, ...b);
  const thief = forge.build(last(b).hash, { txs: [spend([coinbase(a[0] as Block)])] });
  assert.throws(() => node.node.submitOwnBlock(thief), { code: "bad-txns-inputs-missingorspent" });
  assert.equal((await node.coins()).has(`${coinbaseOf(a[0] as Block)}:0`), false);
  await node.stop();
});
