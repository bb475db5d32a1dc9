import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type BlockTemplate, buildTemplate } from "@forkyard/consensus/miner/block-template";
import type { MiningJob } from "@forkyard/consensus/miner/mining-pool";
import { TestChain } from "@forkyard/consensus/testing/test-chain";
import { HashRateMeter } from "./hash-rate-meter.ts";
import { Miner, type ProofOfWorkPool } from "./miner.ts";

/** A pool whose hashes the test does. */
class FakePool implements ProofOfWorkPool {
  hashes = 0;
  backgroundHashes = 0;
  job: MiningJob | undefined;

  get idle(): boolean {
    return this.job === undefined;
  }

  mine(job: MiningJob): () => void {
    this.job = job;
    return () => {
      if (this.job === job) this.job = undefined;
    };
  }

  /** Hashes of a job, counted whenever its batch is done: also after another job began. */
  work(job: MiningJob | undefined, hashes: number): void {
    this.hashes += hashes;
    if (job?.background === true) this.backgroundHashes += hashes;
  }
}

interface World {
  readonly pool: FakePool;
  readonly miner: Miner;
  readonly meter: HashRateMeter;
  readonly template: BlockTemplate;
  nowMs: number;
}

function world(): World {
  const chain = new TestChain();
  const template = buildTemplate({
    parent: chain.tip,
    txs: [],
    payTo: Uint8Array.of(0x51),
    tag: "/test/",
    extraNonce: 0,
    time: chain.tip.header.time + 1,
    ancestry: chain.tree,
    params: chain.params,
  });
  const made = { nowMs: 0 };
  const clock = { nowMs: () => made.nowMs, monotonicMs: () => made.nowMs };
  const pool = new FakePool();
  const meter = new HashRateMeter(pool, clock);
  const miner = new Miner({
    pool,
    clock,
    timers: { after: () => () => {} },
    template: () => template,
    mined: () => assert.fail("nothing is mined here"),
    hashRate: 1_000,
    interrupted: () => meter.interrupt(),
    resumed: () => meter.restart(),
  });
  return Object.assign(made, { pool, miner, meter, template });
}

describe("the measured hash rate", () => {
  test("leaves blocks on demand out, however late their last batch is counted", async () => {
    const there = world();
    const { pool, miner, meter } = there;
    miner.start();
    assert.equal(pool.job?.background, true);
    pool.work(pool.job, 2_000);
    there.nowMs = 2_000;
    assert.equal(meter.rate, 1_000);

    const seen: { onDemand?: MiningJob | undefined } = {};
    await miner.exclusive(async () => {
      assert.ok(pool.idle);
      const { signal } = new AbortController();
      void miner.search(() => there.template, { signal, maxTries: 1_000_000 });
      seen.onDemand = pool.job;
      assert.notEqual(seen.onDemand?.background, true);
      pool.work(seen.onDemand, 5_000_000);
      there.nowMs = 3_000;
      assert.equal(meter.rate, 1_000);
    });
    pool.work(seen.onDemand, 3_000_000);
    pool.work(pool.job, 500);
    there.nowMs = 3_500;
    assert.equal(meter.rate, 1_000);
    miner.stop();
  });
});
