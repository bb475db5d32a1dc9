import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { equalBytes } from "@forkyard/core/bytes/bytes";
import { encodeHeader } from "@forkyard/core/header";
import { networkByName } from "@forkyard/core/params/networks";
import { bitsToTarget } from "../rules/target.ts";
import { sealsHeader } from "../seal/pow-seal.ts";
import { type MiningJob, MiningPool, type MiningResult } from "./mining-pool.ts";

const IMPOSSIBLE = 0n;
const unheard = (): void => assert.fail("a job answered that should not");
const header: Uint8Array = encodeHeader(networkByName("devnet").genesis.header);

describe("mining pool", () => {
  let pool: MiningPool;

  before(async () => {
    pool = await MiningPool.start({ workers: 2, failed: assert.ifError });
  });

  after(() => pool.close());

  const mined = (job: MiningJob): Promise<MiningResult> => new Promise((resolve) => pool.mine(job, resolve));

  test("names its grinder", () => {
    assert.equal(pool.choice.grinder, "wasm-simd128");
    assert.ok(pool.choice.hashRate > 0);
    assert.deepEqual(pool.choice.rejected, []);
  });

  test("a throttled job runs on one worker, full power on all", async () => {
    const target = bitsToTarget(0x207fffff);
    await mined({ header, target, hashRate: 1000 });
    assert.equal(pool.workers, 1);
    await mined({ header, target });
    assert.equal(pool.workers, 2);
  });

  for (const bits of [0x207fffff, 0x1f1fffff, 0x1e0fffff]) {
    test(`finds proof of work for bits ${bits.toString(16)}`, async () => {
      const result = await mined({ header, target: bitsToTarget(bits) });
      assert.ok(result.kind === "found");
      assert.ok(sealsHeader(result.header, bitsToTarget(bits)));
      assert.ok(equalBytes(result.header.subarray(0, 76), header.subarray(0, 76)));
    });
  }

  test("counts every hash of an exhausted job, once", async () => {
    // Whatever the workers still do for the job before is done when they answer to this one.
    await mined({ header, target: IMPOSSIBLE, maxNonces: 2 });
    const hashesBefore = pool.hashes;
    const result = await mined({ header, target: IMPOSSIBLE, maxNonces: 1_000_001 });
    assert.equal(result.kind, "exhausted");
    assert.equal(pool.hashes - hashesBefore, 1_000_001);
  });

  test("counts the hashes of background jobs apart, also those of a batch that ends after the job", async () => {
    await mined({ header, target: IMPOSSIBLE, maxNonces: 2 });
    const start = { all: pool.hashes, background: pool.backgroundHashes };
    const result = await mined({ header, target: IMPOSSIBLE, maxNonces: 1_001, background: true });
    assert.equal(result.kind, "exhausted");
    assert.equal(pool.backgroundHashes - start.background, 1_001);
    pool.mine({ header, target: IMPOSSIBLE }, unheard);
    await mined({ header, target: IMPOSSIBLE, maxNonces: 2, background: true });
    assert.equal(pool.backgroundHashes - start.background, 1_003);
    assert.ok(pool.hashes - start.all >= 1_003);
  });

  test("a job that is cancelled or replaced is never heard of again", async () => {
    const easy = bitsToTarget(0x207fffff);
    pool.mine({ header, target: easy }, unheard)();
    pool.mine({ header, target: easy }, unheard);
    pool.mine({ header, target: IMPOSSIBLE }, unheard);
    const result = await mined({ header, target: bitsToTarget(0x1f1fffff) });
    assert.equal(result.kind, "found");
  });

  test("a cancelled job does no more work", async () => {
    const cancel = pool.mine({ header, target: IMPOSSIBLE }, unheard);
    cancel();
    await mined({ header, target: IMPOSSIBLE, maxNonces: 2 });
    const hashesBefore = pool.hashes;
    await mined({ header, target: IMPOSSIBLE, maxNonces: 2 });
    assert.equal(pool.hashes - hashesBefore, 2);
  });

  test("refuses jobs that make no sense", () => {
    assert.throws(() => pool.mine({ header: header.subarray(1), target: 1n }, unheard), /header/);
    assert.throws(() => pool.mine({ header, target: 1n, hashRate: 0 }, unheard), /hash rate/);
    assert.throws(() => pool.mine({ header, target: 1n, maxNonces: 2 ** 33 }, unheard), /nonces/);
  });
});
