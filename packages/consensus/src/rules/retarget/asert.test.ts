import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ChainEntry } from "@forkyard/core/chain";
import { networkByName } from "@forkyard/core/params/networks";
import { genesisEntry } from "../genesis-entry.ts";
import { bitsToTarget, targetToBits } from "../target.ts";
import { type AsertRule, asertBits, asertTarget, cubicPowerOfTwo, scheduleTimeAfter } from "./asert.ts";

const devnet = networkByName("devnet");
const rule = devnet.retarget as AsertRule;
const BITCOIN_CASH = { halfLifeSeconds: 172_800, powLimit: (1n << 224n) - 1n } as const;

/** The published vectors' form: anchor at height 1 whose parent has time 0. */
function bitcoinCashBits(anchorBits: number, height: bigint, time: bigint, anchorHeight = 1n, anchorTime = 0n): number {
  const secondsBehind = time - anchorTime - 600n * (height - anchorHeight + 1n);
  return targetToBits(asertTarget({ anchorTarget: bitsToTarget(anchorBits), secondsBehind, ...BITCOIN_CASH }));
}

/** An entry of devnet whose chain has run for so long. */
function entryAt(height: number, scheduleTime: number): ChainEntry {
  return { ...genesisEntry(devnet), height, scheduleTime };
}

describe("aserti3-2d", () => {
  test("published run 2: blocks on schedule keep an arbitrary target", () => {
    for (let height = 2n; height < 12n; height++) {
      assert.equal(bitcoinCashBits(0x1a2b3c4d, height, 600n * height), 0x1a2b3c4d);
    }
  });

  test("published run 4: a half-life late each block doubles the target up to the limit", () => {
    const expected = new Map([
      [2n, 0x01020000],
      [8n, 0x02008000],
      [119n, 0x0f400000],
      [224n, 0x1d008000],
      [225n, 0x1d00ffff],
      [226n, 0x1d00ffff],
    ]);
    for (const [height, bits] of expected) {
      assert.equal(bitcoinCashBits(0x01010000, height, 174_000n + (height - 2n) * 173_400n), bits, `height ${height}`);
    }
  });

  test("published run 5: a half-life early each block halves the target down to one", () => {
    const expected = new Map([
      [2n, 0x1d00fec5],
      [290n, 0x1c7f62c0],
      [578n, 0x1c3fb160],
      [2306n, 0x1c00fec5],
      [32258n, 0x0f00fec5],
      [60194n, 0x027f6200],
      [62210n, 0x0200fe00],
      [64226n, 0x01010000],
      [64514n, 0x01010000],
    ]);
    for (const [height, bits] of expected)
      assert.equal(bitcoinCashBits(0x1d00ffff, height, 0n), bits, `height ${height}`);
  });

  test("published run 10: slow blocks across the largest 64-bit height", () => {
    const expected = [0x1802afbb, 0x1802b08f, 0x1802b166, 0x1802b23a, 0x1802b30e, 0x1802b3e5, 0x1802b4bb, 0x1802b592];
    for (const [i, bits] of expected.entries()) {
      const height = 9_223_372_036_854_775_803n + BigInt(i);
      const time = 2_147_484_547n + 900n * BigInt(i);
      assert.equal(bitcoinCashBits(0x1802aee8, height, time, 9_223_372_036_854_775_802n, 2_147_483_047n), bits);
    }
  });

  test("the cubic stays within its published error of 0.013 % over the whole interval, without a step back", () => {
    let previous = -1n;
    for (let fraction = 0; fraction < 65_536; fraction += 13) {
      const approximate = cubicPowerOfTwo(BigInt(fraction));
      const exact = (2 ** (fraction / 65_536) - 1) * 65_536;
      assert.ok(Math.abs(Number(approximate) - exact) / (65_536 + exact) < 0.000_13, `fraction ${fraction}`);
      assert.ok(approximate >= previous);
      previous = approximate;
    }
    assert.equal(cubicPowerOfTwo(0n), 0n);
    assert.equal(cubicPowerOfTwo(65_535n), 65_535n);
  });

  test("the division cuts towards zero, as specified", () => {
    const target = { anchorTarget: 1n << 200n, halfLifeSeconds: 65_536 * 10, powLimit: BITCOIN_CASH.powLimit };
    assert.equal(asertTarget({ ...target, secondsBehind: -9 }), 1n << 200n);
    assert.ok(asertTarget({ ...target, secondsBehind: -10 }) < 1n << 200n);
  });

  test("a delay beyond all measure gives the limit, not a number of millions of digits", () => {
    const inputs = { anchorTarget: 1n, halfLifeSeconds: 1, powLimit: BITCOIN_CASH.powLimit };
    assert.equal(asertTarget({ ...inputs, secondsBehind: 10n ** 12n }), BITCOIN_CASH.powLimit);
    assert.equal(asertTarget({ ...inputs, secondsBehind: -(10n ** 7n) }), 1n);
  });
});

describe("asert on devnet", () => {
  const genesisBits = devnet.genesis.header.bits;

  test("a chain on schedule keeps the genesis target", () => {
    for (const height of [0, 1, 17, 100_000]) {
      assert.equal(asertBits(entryAt(height, height * devnet.spacingSeconds), rule, devnet), genesisBits);
    }
  });

  test("a half-life ahead halves the target, one behind doubles it, as far as the easiest target", () => {
    const height = 1000;
    const onSchedule = height * devnet.spacingSeconds;
    const halved = asertBits(entryAt(height, onSchedule - rule.halfLifeSeconds), rule, devnet);
    assert.equal(halved, targetToBits(bitsToTarget(genesisBits) / 2n));
    const doubled = asertBits(entryAt(height, onSchedule + rule.halfLifeSeconds), rule, devnet);
    assert.equal(doubled, targetToBits(bitsToTarget(genesisBits) * 2n));
    const farBehind = asertBits(entryAt(height, onSchedule + 100 * rule.halfLifeSeconds), rule, devnet);
    assert.equal(farBehind, targetToBits(devnet.powLimit));
  });

  test("the clock adds gaps up, and a week's pause counts as the longest gap", () => {
    const parent = { ...entryAt(10, 50), header: { ...devnet.genesis.header, time: 1_000_000 } };
    assert.equal(scheduleTimeAfter(parent, { time: 1_000_004 }, devnet), 54);
    assert.equal(scheduleTimeAfter(parent, { time: 999_998 }, devnet), 48);
    assert.equal(scheduleTimeAfter(parent, { time: 1_000_000 + 7 * 86_400 }, devnet), 50 + rule.maxGapSeconds);
  });

  test("a block dated two hours ahead does not freeze the chain when the next one is on time", () => {
    const parent = { ...entryAt(10, 50), header: { ...devnet.genesis.header, time: 1_000_000 } };
    const ahead = scheduleTimeAfter(parent, { time: 1_007_200 }, devnet);
    const child = { ...parent, height: 11, scheduleTime: ahead, header: { ...parent.header, time: 1_007_200 } };
    const back = scheduleTimeAfter(child, { time: 1_000_010 }, devnet);
    assert.equal(back, 50);
    assert.ok(bitsToTarget(asertBits(entryAt(12, back), rule, devnet)) > bitsToTarget(genesisBits) / 2n);
  });

  test("other rules have no clock", () => {
    const regtest = networkByName("regtest");
    assert.equal(scheduleTimeAfter(genesisEntry(regtest), { time: 2_000_000_000 }, regtest), 0);
  });
});
