import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { blockWeight } from "@forkyard/core/block";
import type { Txid } from "@forkyard/core/hash";
import { blockHashOf } from "@forkyard/core/header";
import { MAX_BLOCK_WEIGHT } from "@forkyard/core/limits";
import { networkByName } from "@forkyard/core/params/networks";
import { buildScript } from "@forkyard/core/script/codec";
import { OP_1, OP_CHECKMULTISIG, OP_DROP } from "@forkyard/core/script/opcodes";
import type { Transaction } from "@forkyard/core/tx";
import { COIN } from "@forkyard/core/units";
import * as fc from "fast-check";
import { medianTimePast } from "../rules/median-time.ts";
import { subsidyAt } from "../rules/subsidy.ts";
import { findWitnessCommitment } from "../rules/witness-commitment.ts";
import { inputOf, mine, payment } from "../testing/build-block.ts";
import { TestChain } from "../testing/test-chain.ts";
import { type BlockTemplate, buildTemplate, type TemplateRequest, updateExtraNonce } from "./block-template.ts";
import { coinbaseScript } from "./coinbase.ts";

const FEE = 1_000n;

function request(chain: TestChain, change: Partial<TemplateRequest> = {}): TemplateRequest {
  return {
    parent: chain.tip,
    txs: [],
    payTo: Uint8Array.of(OP_1),
    tag: "/Forkyard:node1/",
    extraNonce: 0,
    time: chain.tip.header.time + 10,
    ancestry: chain.tree,
    params: chain.params,
    ...change,
  };
}

/** Mines the template and puts it through all rules but the scripts. */
function connect(chain: TestChain, { block }: BlockTemplate): void {
  chain.connect(mine(block.header, block.txs));
}

/** A chain with one coin of 50 that may be spent. */
function matureChain(): { chain: TestChain; coin: Txid } {
  const chain = new TestChain();
  const [first] = chain.grow(100);
  return { chain, coin: first?.txs[0]?.txid as Txid };
}

const witness = (bytes: number): { witness: Uint8Array[] } => ({ witness: [new Uint8Array(bytes)] });

/** A transaction of some size that is in nobody's way. */
function filler(n: number, scriptBytes: number, witnessBytes = 0): Transaction {
  const txid = n.toString(16).padStart(64, "0") as Txid;
  const scriptSig = new Uint8Array(scriptBytes);
  return payment([inputOf(txid, 0, { scriptSig, ...(witnessBytes > 0 ? witness(witnessBytes) : {}) })], [1n]);
}

/** A transaction that may not be in a block before this height or time. */
function locked(lockTime: number): Transaction {
  return payment([inputOf("2".repeat(64) as Txid, lockTime, { sequence: 0 })], [1n], { lockTime });
}

describe("block template", () => {
  test("templates are valid blocks, one after another, from genesis on", () => {
    for (const network of ["regtest", "devnet"]) {
      const chain = new TestChain(networkByName(network));
      for (let height = 1; height <= 20; height++) {
        const template = buildTemplate(request(chain));
        assert.equal(template.height, height);
        connect(chain, template);
      }
      assert.equal(chain.tip.height, 20);
    }
  });

  test("pays subsidy and fees to the script, and commits to witnesses", () => {
    const { chain, coin } = matureChain();
    const parent = payment([inputOf(coin, 0, witness(4))], [50n * COIN - FEE]);
    const child = payment([inputOf(parent.txid, 0)], [50n * COIN - 3n * FEE]);
    const txs = [
      { tx: parent, fee: FEE },
      { tx: child, fee: 2n * FEE },
    ];
    const template = buildTemplate(request(chain, { txs }));
    assert.equal(template.fees, 3n * FEE);
    assert.equal(template.block.txs[0]?.outputs[0]?.value, subsidyAt(101, chain.params) + 3n * FEE);
    assert.deepEqual(template.block.txs.slice(1), [parent, child]);
    connect(chain, template);
  });

  test("an empty block has a witness commitment too, as in Bitcoin Core", () => {
    assert.ok(findWitnessCommitment(buildTemplate(request(new TestChain())).block));
  });

  test("before segwit there is none", () => {
    const regtest = networkByName("regtest");
    const chain = new TestChain({ ...regtest, activation: { ...regtest.activation, segwit: 5 } });
    const { block } = buildTemplate(request(chain));
    assert.equal(findWitnessCommitment(block), undefined);
    assert.equal(block.txs[0]?.hasWitness, false);
  });

  test("the header is complete, its nonce 0, its hash its own", () => {
    const chain = new TestChain();
    const { block } = buildTemplate(request(chain));
    assert.equal(block.header.version, 0x20000000);
    assert.equal(block.header.nonce, 0);
    assert.equal(block.header.bits, 0x207fffff);
    assert.equal(block.hash, blockHashOf(block.header));
  });

  test("the time is the given one, unless the median of the chain demands a later one", () => {
    const chain = new TestChain();
    chain.grow(11);
    const least = medianTimePast(chain.tip, chain.tree) + 1;
    assert.equal(buildTemplate(request(chain, { time: 0 })).block.header.time, least);
    assert.equal(buildTemplate(request(chain, { time: least - 1 })).block.header.time, least);
    assert.equal(buildTemplate(request(chain, { time: least + 5 })).block.header.time, least + 5);
    connect(chain, buildTemplate(request(chain, { time: 0 })));
  });

  test("every extra nonce gives another header, and a valid block", () => {
    const chain = new TestChain();
    const template = buildTemplate(request(chain));
    const updated = updateExtraNonce(template, 1, template.block.header.time + 3);
    assert.notEqual(updated.block.header.merkleRoot, template.block.header.merkleRoot);
    assert.equal(updated.block.header.time, template.block.header.time + 3);
    connect(chain, updated);
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
        fc.pre(a !== b);
        const [first, second] = [a, b].map((extraNonce) => updateExtraNonce(template, extraNonce, 0).block);
        assert.notEqual(first?.txs[0]?.txid, second?.txs[0]?.txid);
      }),
    );
  });

  test("the coinbase script holds height, extra nonce and tag, in 2 to 100 bytes", () => {
    fc.assert(
      fc.property(fc.nat(0x7fffffff), fc.maxSafeNat(), fc.string({ maxLength: 80 }), (height, extraNonce, tag) => {
        const script = coinbaseScript(height, extraNonce, tag);
        assert.ok(script.length >= 2 && script.length <= 100);
        assert.ok(Buffer.from(script).toString("latin1").includes(tag));
      }),
    );
    assert.throws(() => coinbaseScript(1, 0, "x".repeat(81)), /tag/);
    assert.throws(() => coinbaseScript(1, -1, ""), /extra nonce/);
  });
});

describe("what goes into a block template", () => {
  test("never weighs too much, and is filled up to the reserve", () => {
    const chain = new TestChain();
    const txs = Array.from({ length: 60 }, (_, n) => ({ tx: filler(n, 2_000, 90_000), fee: FEE }));
    const { block } = buildTemplate(request(chain, { txs }));
    const weight = blockWeight(block);
    assert.ok(weight <= MAX_BLOCK_WEIGHT - 2_000, `weight ${weight}`);
    assert.ok(weight > MAX_BLOCK_WEIGHT - 4_000 - (txs[0]?.tx.weight ?? 0));
  });

  test("a smaller one takes the place of one that does not fit", () => {
    const chain = new TestChain();
    const big = filler(1, 900_000);
    const bigger = filler(2, 500_000);
    const small = filler(3, 1_000);
    const txs = [big, bigger, small].map((tx) => ({ tx, fee: FEE }));
    assert.deepEqual(buildTemplate(request(chain, { txs })).block.txs.slice(1), [big, small]);
  });

  test("a child does not go without its parent", () => {
    const chain = new TestChain();
    const big = filler(1, 900_000);
    const parent = filler(2, 500_000);
    const child = payment([inputOf(parent.txid, 0)], [1n]);
    const grandchild = payment([inputOf(child.txid, 0)], [1n]);
    const txs = [big, parent, child, grandchild].map((tx) => ({ tx, fee: FEE }));
    assert.deepEqual(buildTemplate(request(chain, { txs })).block.txs.slice(1), [big]);
  });

  test("keeps to the sigop limit: by the cost that is given, else by a bound", () => {
    const chain = new TestChain();
    const given = Array.from({ length: 10 }, (_, n) => ({ tx: filler(n, 10), fee: FEE, sigopCost: 10_000 }));
    assert.equal(buildTemplate(request(chain, { txs: given })).included.length, 7);
    // Twenty a CHECKMULTISIG, four a legacy sigop: 16,000 each.
    const scriptPubKey = new Uint8Array(200).fill(OP_CHECKMULTISIG);
    const bounded = Array.from({ length: 10 }, (_, n) => ({
      tx: payment([inputOf(n.toString(16).padStart(64, "0") as Txid, 0)], [], {
        outputs: [{ value: 1n, scriptPubKey }],
      }),
      fee: FEE,
    }));
    assert.equal(buildTemplate(request(chain, { txs: bounded })).included.length, 4);
    // The same in a redeem script and in a witness script, where only a spent output would tell.
    const hidden = buildScript([OP_DROP, OP_1, OP_CHECKMULTISIG]);
    const inputs = [inputOf("1".repeat(64) as Txid, 0, { scriptSig: buildScript([hidden]), witness: [hidden] })];
    const txs = [
      { tx: filler(1, 10), fee: FEE, sigopCost: 79_596 },
      { tx: payment(inputs, [1n]), fee: FEE },
    ];
    assert.equal(buildTemplate(request(chain, { txs })).included.length, 1);
  });

  test("leaves out what is locked until later", () => {
    const chain = new TestChain();
    chain.grow(3);
    const median = medianTimePast(chain.tip, chain.tree);
    const txs = [locked(3), locked(4), locked(median - 1), locked(median)].map((tx) => ({ tx, fee: FEE }));
    const { included } = buildTemplate(request(chain, { txs }));
    assert.deepEqual(
      included.map(({ tx }) => tx.lockTime),
      [3, median - 1],
    );
  });
});
