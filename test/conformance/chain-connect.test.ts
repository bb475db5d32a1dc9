import assert from "node:assert/strict";
import { test } from "node:test";
import { reorgPlan } from "@forkyard/consensus/fork-choice/reorg-plan";
import { TestChain } from "@forkyard/consensus/testing/test-chain";
import type { Block } from "@forkyard/core/block";
import { networkByName } from "@forkyard/core/params/networks";
import { describeVectors } from "@forkyard/core/testing/vectors";
import { COIN } from "@forkyard/core/units";
import { blockFromHex, framedBlocks } from "./support/framed-blocks.ts";

interface ReorgVector {
  branch_a: { raw: string }[];
  branch_b: { raw: string }[];
  fork_point: { hash: string };
  expected_tip: { hash: string; height: number; blocks_disconnected: number };
}

/** A chain with all blocks of a file connected, scripts apart. */
function connectAll(network: string, bytes: Uint8Array): { chain: TestChain; blocks: readonly Block[] } {
  const params = networkByName(network);
  const blocks = framedBlocks(bytes, params.magic);
  assert.equal(blocks[0]?.hash, params.genesis.hash);
  const chain = new TestChain(params);
  for (const block of blocks.slice(1)) chain.connect(block);
  return { chain, blocks };
}

describeVectors("chain: real blocks connected", (vectors) => {
  test("mainnet 0 to 255: forward, all the way back, and forward again to the same coins", () => {
    const { chain, blocks } = connectAll("mainnet", vectors.bytes("blocks/mainnet-000000-000255.blk.gz"));
    assert.equal(chain.tip.hash, "00000000d0a75c861fabf9ff7b92022f60e4afeed9331fe5aa073d8e4706fe3c");
    assert.equal(chain.coins.total(), 255n * 50n * COIN);
    const after = chain.coins.snapshot();
    while (chain.tip.height > 0) chain.disconnect();
    assert.equal(chain.coins.size, 0);
    for (const block of blocks.slice(1)) chain.connect(block);
    assert.deepEqual(chain.coins.snapshot(), after);
  });

  test("regtest 0 to 150: the first halving", () => {
    const { chain } = connectAll("regtest", vectors.bytes("blocks/regtest-000000-000150.blk.gz"));
    assert.equal(chain.tip.height, 150);
    assert.equal(chain.coins.total(), (149n * 50n + 25n) * COIN);
  });

  test("signet 0 to 120: rules but the block signatures of BIP325", () => {
    const { chain } = connectAll("signet", vectors.bytes("blocks/signet-000000-000120.blk.gz"));
    assert.equal(chain.tip.height, 120);
  });

  test("regtest reorganisation: five blocks back, eleven forward", () => {
    const vector = vectors.json<ReorgVector>("blocks/regtest-reorg.json");
    const chain = new TestChain();
    for (const { raw } of vector.branch_a) chain.connect(blockFromHex(raw));
    const first = chain.tip;
    const bodies = new Map(vector.branch_b.map(({ raw }) => [blockFromHex(raw).hash, blockFromHex(raw)]));
    for (const block of bodies.values()) chain.accept(block);
    const best = chain.tree.bestCandidate();
    assert.deepEqual([best.hash, best.height], [vector.expected_tip.hash, vector.expected_tip.height]);
    const plan = reorgPlan(chain.tree, first, best);
    assert.equal(plan.fork.hash, vector.fork_point.hash);
    assert.equal(plan.disconnect.length, vector.expected_tip.blocks_disconnected);
    for (const entry of plan.disconnect) {
      assert.equal(chain.tip.hash, entry.hash);
      chain.disconnect();
    }
    for (const { hash } of plan.connect) chain.connect(bodies.get(hash) as Block);
    assert.equal(chain.tip.hash, vector.expected_tip.hash);
    assert.equal(chain.coins.total(), 16n * 50n * COIN);
  });
});
