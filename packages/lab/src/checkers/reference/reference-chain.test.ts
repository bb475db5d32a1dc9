import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Block } from "@forkyard/core/block";
import { hashToString, type MerkleRoot } from "@forkyard/core/hash";
import { blockHashOf } from "@forkyard/core/header";
import { merkleRoot } from "@forkyard/core/merkle";
import { Transaction } from "@forkyard/core/tx";
import { inspectedWorld } from "../testing/inspected-world.ts";
import { ReferenceChain } from "./reference-chain.ts";

/** The tip of a world's chain, and what came before it. */
async function chain(): Promise<{
  readonly reference: ReferenceChain;
  readonly tip: Block;
  seal: (block: Block) => void;
}> {
  const { inspection, node, world } = await inspectedWorld();
  const { chain: active } = node("a");
  const blocks = Array.from(
    { length: active.tip.height },
    (_, i) => active.block(active.activeAt(i + 1)?.hash ?? assert.fail()) ?? assert.fail(),
  );
  const tip = blocks.at(-1) ?? assert.fail();
  const reference = new ReferenceChain(inspection.params, blocks.slice(0, -1));
  return { reference, tip, seal: ({ hash }) => world.hosts.get("a")?.miner.seal(hash) };
}

/** The block with another body and a header that fits it. */
function withBody(block: Block, txs: readonly Transaction[]): Block {
  const root = hashToString<MerkleRoot>(merkleRoot(txs.map(({ txidBytes }) => txidBytes)).root);
  const header = { ...block.header, merkleRoot: root };
  return { hash: blockHashOf(header), header, txs };
}

function paying(tx: Transaction, more: bigint): Transaction {
  const outputs = tx.outputs.map((output, i) => (i === 0 ? { ...output, value: output.value + more } : output));
  return new Transaction({ version: tx.version, inputs: tx.inputs, outputs, lockTime: tx.lockTime });
}

describe("reference chain", () => {
  test("takes blocks in any order, and says nothing of what it cannot know", async () => {
    const { reference, tip } = await chain();
    assert.equal(reference.judge(tip.hash), undefined);
    reference.add(tip);
    assert.equal(reference.judge(tip.hash)?.valid, true);
  });

  test("a reward of one satoshi too much is invalid, one too little is not", async () => {
    const { reference, tip, seal } = await chain();
    for (const [more, valid] of [
      [1n, false],
      [-1n, true],
    ] as const) {
      const changed = withBody(tip, [paying(tip.txs[0] ?? assert.fail(), more), ...tip.txs.slice(1)]);
      seal(changed);
      reference.add(changed);
      assert.equal(reference.judge(changed.hash)?.valid, valid);
    }
  });

  test("a header without work is invalid", async () => {
    const { reference, tip } = await chain();
    const changed = withBody(tip, [paying(tip.txs[0] ?? assert.fail(), -1n)]);
    reference.add(changed);
    assert.deepEqual(reference.judge(changed.hash), { valid: false, why: "high-hash" });
  });

  test("a bad body does not spoil the good one under the same header, whichever comes first", async () => {
    for (const goodFirst of [true, false]) {
      const { reference, tip } = await chain();
      const bad = { ...tip, txs: [...tip.txs, tip.txs[0] ?? assert.fail()] };
      for (const block of goodFirst ? [tip, bad] : [bad, tip]) {
        reference.add(block);
        reference.judge(tip.hash);
      }
      assert.equal(reference.judge(tip.hash)?.valid, true);
    }
  });

  test("what nobody signed is invalid", async () => {
    const { reference, tip, seal } = await chain();
    const [coinbase] = tip.txs;
    assert.ok(coinbase !== undefined);
    const before = reference.judge(tip.header.prevHash);
    assert.ok(before?.valid === true);
    const [key, coin] = [...before.coins].find((entry) => !entry[1].coinbase) ?? assert.fail();
    const [txid, vout] = key.split(":");
    const theft = new Transaction({
      version: 2,
      inputs: [
        { prevout: { txid: txid as never, vout: Number(vout) }, scriptSig: new Uint8Array(), sequence: 0, witness: [] },
      ],
      outputs: [coin.output],
      lockTime: 0,
    });
    const changed = withBody(tip, [coinbase, theft]);
    seal(changed);
    reference.add(changed);
    assert.match(JSON.stringify(reference.judge(changed.hash)), /signed by nobody/);
    reference.signed(theft.wtxid);
    reference.add(withBody(tip, [coinbase, theft]));
    assert.equal(reference.judge(changed.hash)?.valid, true);
  });
});
