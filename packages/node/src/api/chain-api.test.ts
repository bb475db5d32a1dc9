import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inputOf, merkleRootOf, mine, payment } from "@forkyard/consensus/testing/build-block";
import type { Block } from "@forkyard/core/block";
import { type BlockHash, type Txid, ZERO_HASH } from "@forkyard/core/hash";
import type { ChainApi } from "@forkyard/rpc/node-api";
import type { Node } from "../node.ts";
import { ChainWorld, NOW_SECONDS } from "../testing/chain-world.ts";
import { chainApi } from "./chain-api.ts";

/** What RPC sees of a world's chain. */
function apiOf(world: ChainWorld): ChainApi {
  const { chain, store, params } = world;
  const node: Partial<Node> = {
    chain,
    store,
    params,
    nowSeconds: () => NOW_SECONDS,
    takeOwnBlock: (block, answer) => chain.takeBlock(block, NOW_SECONDS, answer),
  };
  return chainApi(node as Node);
}

async function answers(api: ChainApi, ...blocks: readonly Block[]): Promise<(string | undefined)[]> {
  const said: (string | undefined)[] = [];
  for (const block of blocks) said.push(await api.submitBlock(block));
  return said;
}

/** The block with other transactions and a header that commits to them. */
function withBody(block: Block, txs: Block["txs"]): Block {
  return mine(
    { ...block.header, merkleRoot: txs.length === 0 ? (ZERO_HASH as never) : merkleRootOf(txs), nonce: 0 },
    txs,
  );
}

describe("bitcoind's answers to submitblock", () => {
  test("a block of the chain and one of a branch, and both again", async () => {
    const world = await ChainWorld.open();
    const side = world.build();
    const tip = world.build();
    assert.deepEqual(await answers(apiOf(world), tip, side, tip, side), [
      undefined,
      "inconclusive",
      "duplicate",
      "duplicate",
    ]);
  });

  test("what is wrong with a block itself comes first, each time anew", async () => {
    const world = await ChainWorld.open();
    const good = world.build();
    const [coinbase] = good.txs;
    assert.ok(coinbase !== undefined);
    const spend = payment([inputOf("ab".repeat(32) as Txid, 0)], [1n]);
    const cases: readonly (readonly [string, Block])[] = [
      ["bad-blk-length", withBody(good, [])],
      ["bad-cb-missing", withBody(good, [spend])],
      ["bad-cb-multiple", withBody(good, [coinbase, payment(coinbase.inputs, [7n])])],
      ["bad-txnmrklroot", { ...good, txs: [coinbase, spend] }],
      ["bad-txns-inputs-duplicate", withBody(good, [coinbase, payment([...spend.inputs, ...spend.inputs], [1n])])],
      ["time-too-old", world.build({ header: { time: 0 } })],
      ["prev-blk-not-found", world.build({ header: { prevHash: "cd".repeat(32) as BlockHash } })],
    ];
    for (const [code, block] of cases) assert.deepEqual(await answers(apiOf(world), block, block), [code, code]);
  });

  test("what is wrong with it in its place is remembered", async () => {
    const world = await ChainWorld.open();
    const greedy = world.build({ coinbaseValue: 5_000_000_001n });
    const late = world.build({ txs: [payment([inputOf("ab".repeat(32) as Txid, 0)], [1n])] });
    const api = apiOf(world);
    assert.deepEqual(await answers(api, greedy, greedy), ["bad-cb-amount", "duplicate-invalid"]);
    assert.deepEqual(await answers(api, late, late), ["bad-txns-inputs-missingorspent", "duplicate-invalid"]);
    const other = world.build();
    const child = mine({ ...other.header, prevHash: greedy.hash, nonce: 0 }, other.txs);
    assert.deepEqual(await answers(api, child), ["bad-prevblk"]);
  });

  test("a block that falls with an ancestor nobody had looked at is inconclusive", async () => {
    const world = await ChainWorld.open();
    const fork = world.params.genesis.hash;
    world.grow(2);
    const greedy = world.build({ on: fork, coinbaseValue: 5_000_000_001n });
    const api = apiOf(world);
    assert.deepEqual(await answers(api, greedy), ["inconclusive"]);
    const second = world.build({ on: greedy.hash });
    assert.deepEqual(await answers(api, second), ["inconclusive"]);
    const third = world.build({ on: second.hash });
    assert.deepEqual(await answers(api, third, third, greedy), [
      "inconclusive",
      "duplicate-invalid",
      "duplicate-invalid",
    ]);
  });
});

describe("bitcoind's answers to submitheader", () => {
  test("the reject reason alone, with the version in it, and nothing for a header that is known and good", async () => {
    const world = await ChainWorld.open();
    const api = apiOf(world);
    const good = world.build();
    assert.equal(api.submitHeader(good.header), undefined);
    assert.equal(api.submitHeader(good.header), undefined);
    assert.equal(api.submitHeader(world.build({ header: { time: 0 } }).header), "time-too-old");
    assert.equal(api.submitHeader(world.build({ header: { version: 1 } }).header), "bad-version(0x00000001)");
    const greedy = world.build({ coinbaseValue: 5_000_000_001n });
    await answers(api, greedy);
    assert.equal(api.submitHeader(greedy.header), "duplicate-invalid");
  });
});
