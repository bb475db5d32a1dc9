/** Section C of the catalogue, what peers do: floods of headers, headers from nowhere, false clocks; and the mempool's door. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bitsToTarget, hashMeetsTarget } from "@forkyard/consensus/rules/target";
import { signDigest } from "@forkyard/consensus/testing/signing";
import { encodeBlock } from "@forkyard/core/block";
import { hash160 } from "@forkyard/core/hash";
import { type BlockHeader, blockHashOf } from "@forkyard/core/header";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { networkByName } from "@forkyard/core/params/networks";
import { payToPublicKeyHash, payToWitness } from "@forkyard/core/script/templates";
import { encodeGetHeaders } from "@forkyard/network/wire/get-headers";
import { FakePeer } from "./support/fake-peer.ts";
import { Forge } from "./support/forge.ts";
import { SimNetwork } from "./support/sim-network.ts";
import { SimNode } from "./support/sim-node.ts";
import { KEY, signSegwit, spend, withInput } from "./support/spending.ts";
import { outputOf } from "./support/story.ts";
import { VirtualTime } from "./support/virtual-time.ts";

const regtest = networkByName("regtest");
const params: NetworkParams = { ...regtest, coinbaseMaturity: 2 };
const NOW_MS = 2_000_000_000_000;

async function world(chosen: NetworkParams = params): Promise<{ network: SimNetwork; forge: Forge; node: SimNode }> {
  const network = new SimNetwork(new VirtualTime(NOW_MS));
  return { network, forge: new Forge(chosen), node: await SimNode.start({ id: "node", params: chosen, network }) };
}

/** Headers on genesis, so many seconds apart, with real work for these bits; the merkle root of genesis, as nobody looks. */
function cheapHeaders(count: number, seconds: number): readonly BlockHeader[] {
  const headers: BlockHeader[] = [];
  const target = bitsToTarget(0x207fffff);
  let previous: BlockHeader = regtest.genesis.header;
  let prevHash = regtest.genesis.hash;
  for (let i = 0; i < count; i++) {
    for (let nonce = 0; ; nonce++) {
      const header = { ...previous, version: 4, prevHash, time: previous.time + (i === 0 ? 1 : seconds), nonce };
      const hash = blockHashOf(header);
      if (!hashMeetsTarget(hash, target)) continue;
      headers.push(header);
      [previous, prevHash] = [header, hash];
      break;
    }
  }
  return headers;
}

describe("item 37: a flood of headers that cost next to nothing (CVE-2019-25220, CVE-2024-52916)", () => {
  const FLOOD_HEADERS = process.env["FORKYARD_FULL_ATTACKS"] === undefined ? 9_000 : 30_000;
  /** Difficulty follows the time of four blocks: the node's chain is hard, the attacker takes its time and stays easy. */
  const retargeting: NetworkParams = { ...params, retarget: { kind: "bitcoin", intervalBlocks: 4 } };

  /** A node whose chain has the work of hundreds of thousands of cheap headers. */
  async function hardNode(): Promise<Awaited<ReturnType<typeof world>>> {
    const made = await world(retargeting);
    let tip = made.forge.build(regtest.genesis.hash, { header: { time: regtest.genesis.header.time + 1 } });
    made.node.node.submitOwnBlock(tip);
    for (let height = 2; height <= 300; height++) {
      // Periods of next to no time make it 64 times harder, then three intervals of 800 s keep it there.
      const time = tip.header.time + (height < 12 ? 1 : 800);
      tip = made.forge.build(tip.hash, { header: { time } });
      made.node.node.submitOwnBlock(tip);
    }
    return made;
  }

  test("grows nothing, and ends", async () => {
    const { network, forge, node } = await hardNode();
    const [sizeBefore, tip] = [node.chain.tree.size, node.chain.tip];
    const flood = FakePeer.at(network, "flood", forge);
    flood.headers = cheapHeaders(FLOOD_HEADERS, 1_000);
    flood.claims = { chainWork: 1n << 100n };
    network.connect("flood", "node");
    network.time.run(120_000);
    assert.equal(node.chain.tree.size, sizeBefore, "no header of it is kept");
    assert.equal(node.chain.tip, tip);
    assert.ok(flood.pointsAt(node.transport) >= 100, "who claims work and shows none is sent away");
    assert.equal(node.transport.peers().length, 0);
    await node.stop();
  });

  test("a cheap block on an old one is not stored, though somebody gossips it", async () => {
    const { network, forge, node } = await hardNode();
    const sizeBefore = node.chain.tree.size;
    const cheap = forge.build(regtest.genesis.hash, { header: { time: regtest.genesis.header.time + 9 } });
    const peer = FakePeer.at(network, "peer", forge).serve(cheap.hash);
    network.connect("peer", "node");
    peer.transport.publish("blocks", encodeBlock(cheap));
    network.time.run(5_000);
    assert.equal(peer.lastVerdictAt(node.transport), "ignore");
    assert.equal(node.chain.tree.size, sizeBefore);
    assert.equal(peer.pointsAt(node.transport), 0, "its sender may be at its own beginning");
    assert.equal(node.node.submitOwnBlock(cheap).kind, "side", "a program may still submit it");
    await node.stop();
  });

  test("a node at its beginning takes a whole chain all the same", async () => {
    const { network, forge, node } = await hardNode();
    const fresh = await SimNode.start({ id: "fresh", params: retargeting, network });
    network.connect("node", "fresh");
    assert.ok(network.time.run(60_000, () => fresh.chain.tip.hash === node.chain.tip.hash));
    assert.equal(forge.entry(fresh.chain.tip.hash).height, 300);
    await fresh.stop();
    await node.stop();
  });
});

describe("item 42: clocks of peers (CVE-2024-52912)", () => {
  test("whatever times peers send, only the node's own clock says what is too far ahead", async () => {
    const { network, forge, node } = await world();
    const genesis = regtest.genesis.hash;
    const limit = NOW_MS / 1000 + 7_200;
    for (let i = 0; i < 30; i++) {
      const ahead = forge.build(genesis, { header: { time: i % 2 === 0 ? 0xffffffff : limit + 3_600 + i } });
      const peer = FakePeer.at(network, `peer ${i}`, forge).serve(ahead.hash);
      network.connect(peer.transport.self, "node");
      peer.transport.publish("blocks", encodeBlock(ahead));
      network.time.run(1_000);
      assert.equal(peer.pointsAt(node.transport), 0, "a clock that goes wrong is no attack");
      assert.equal(node.status(ahead.hash), "unknown");
      network.disconnect(peer.transport.self, "node");
    }
    const elapsedSeconds = Math.floor(network.time.elapsedMs / 1000);
    const late = forge.build(genesis, { header: { time: limit + elapsedSeconds + 1 } });
    const early = forge.build(genesis, { header: { time: limit + elapsedSeconds } });
    assert.throws(() => node.node.submitOwnBlock(late), { code: "time-too-new" });
    assert.equal(node.node.submitOwnBlock(early).kind, "connected");
    await node.stop();
  });

  test("a node whose own clock is behind follows again when it is set right", async () => {
    const { network, forge } = await world();
    const late = network.time.clock(-6 * 3_600_000);
    const node = await SimNode.start({ id: "behind", params, network, clock: late });
    const block = forge.build(regtest.genesis.hash, { header: { time: NOW_MS / 1000 } });
    const peer = FakePeer.at(network, "honest", forge).serve(block.hash);
    network.connect("honest", "behind");
    network.time.run(60_000);
    assert.deepEqual([node.chain.tip.height, peer.pointsAt(node.transport)], [0, 0]);
    network.time.run(5 * 3_600_000);
    assert.equal(node.chain.tip.hash, block.hash);
    await node.stop();
  });
});

describe("item 44: headers that lead nowhere", () => {
  test("answers that connect to nothing end the connection, and leave nothing", async () => {
    const { network, forge, node } = await world();
    const elsewhere = new Forge({ ...params, genesis: { ...params.genesis, hash: "ab".repeat(32) as never } });
    const strange = [elsewhere.build("ab".repeat(32) as never).header];
    const liar = FakePeer.at(network, "liar", forge);
    liar.headers = strange;
    liar.claims = { chainWork: 1n << 90n };
    network.connect("liar", "node");
    network.time.run(120_000);
    assert.ok(liar.pointsAt(node.transport) >= 100);
    assert.equal(node.transport.peers().length, 0);
    assert.equal(node.chain.tree.size, 1);
    await node.stop();
  });

  test("headers without proof of work end the connection at once", async () => {
    const { network, forge, node } = await world();
    const idle = forge.build(regtest.genesis.hash, { work: "missed" });
    FakePeer.at(network, "liar", forge).serve(idle.hash);
    network.connect("liar", "node");
    network.time.run(1_000);
    assert.deepEqual(
      node.transport.penalties.map(({ points, reason }) => [points, reason]),
      [[100, "invalid header: high-hash"]],
    );
    assert.equal(node.transport.peers().length, 0);
    await node.stop();
  });

  test("blocks from nowhere, gossiped again and again, are dropped and blame nobody", async () => {
    const { network, forge, node } = await world();
    let hash = forge.build(regtest.genesis.hash).hash;
    const peer = FakePeer.at(network, "peer", forge);
    network.connect("peer", "node");
    for (let i = 0; i < 50; i++) {
      const block = forge.build(hash);
      hash = block.hash;
      peer.transport.publish("blocks", encodeBlock(block));
      network.time.run(20);
    }
    assert.equal(peer.lastVerdictAt(node.transport), "ignore");
    assert.equal(node.chain.tree.size, 1, "nothing of it is kept");
    await node.stop();
  });

  test("a locator of 102 hashes, and more headers than a message may hold, are garbage", async () => {
    const { network, forge, node } = await world();
    const peer = FakePeer.at(network, "peer", forge);
    network.connect("peer", "node");
    const locator = Array.from({ length: 101 }, () => regtest.genesis.hash);
    const longest = encodeGetHeaders({ locator });
    const tooLong = Uint8Array.from([
      ...longest.subarray(0, 4),
      102,
      ...longest.subarray(5, 37),
      ...longest.subarray(5),
    ]);
    const answers: unknown[] = [];
    for (const request of [longest, tooLong]) {
      peer.transport.request("node", "headers", request, (result) => answers.push("frames" in result));
      network.time.run(100);
    }
    assert.deepEqual(answers, [true, false]);
    assert.ok(peer.pointsAt(node.transport) >= 100);
    await node.stop();
  });
});

/** A node with a chain of ripe coinbases, and one of them. */
async function withCoin(): Promise<Awaited<ReturnType<typeof world>> & { coin: ReturnType<typeof outputOf> }> {
  const made = await world();
  const blocks = [made.forge.build(regtest.genesis.hash)];
  while (blocks.length < 5) blocks.push(made.forge.build(blocks.at(-1)?.hash as never));
  for (const block of blocks) made.node.node.submitOwnBlock(block);
  return { ...made, coin: outputOf(blocks[0]?.txs[0] as never) };
}

describe("what the mempool refuses though blocks may have it", () => {
  const HASH = hash160(KEY.publicKey);

  test("item 14: a transaction of 64 bytes (CVE-2017-12842)", async () => {
    const { node, coin } = await withCoin();
    const tiny = spend([coin], { outputs: [{ value: 0n, scriptPubKey: Uint8Array.of(0x6a, 2, 1, 1) }] });
    assert.equal(tiny.strippedSize, 64);
    assert.throws(() => node.node.submitOwnTransaction(tiny), { code: "tx-size-small" });
    await node.stop();
  });

  test("item 36: a witness that was good in the mempool does not vouch for another one in a block", async () => {
    const { node, forge, coin } = await withCoin();
    const funding = spend([coin], { outputs: [{ value: coin.value, scriptPubKey: payToWitness(0, HASH) }] });
    node.node.submitOwnBlock(forge.build(node.chain.tip.hash, { txs: [funding] }));
    const output = outputOf(funding);
    const tx = spend([output], { outputs: [{ value: output.value - 10_000n, scriptPubKey: payToWitness(0, HASH) }] });
    const signature = signSegwit(tx, payToPublicKeyHash(HASH), output.value);
    const good = withInput(tx, { witness: [signature, KEY.publicKey] });
    const bad = withInput(tx, { witness: [signDigest(KEY, new Uint8Array(32).fill(5), 1), KEY.publicKey] });
    assert.equal(good.txid, bad.txid);
    assert.equal(node.node.submitOwnTransaction(good).status, "accepted");
    const wrong = forge.build(node.chain.tip.hash, { txs: [bad] });
    assert.throws(() => node.node.submitOwnBlock(wrong), { code: "mandatory-script-verify-flag-failed" });
    assert.ok(node.node.mempool.has(good.txid), "the refused block takes nothing out of the mempool");
    assert.equal(node.node.submitOwnBlock(forge.build(node.chain.tip.hash, { txs: [good] })).kind, "connected");
    await node.stop();
  });
});
