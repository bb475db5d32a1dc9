import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { networkByName } from "@forkyard/core/params/networks";
import { HeaderLine } from "../../testing/header-line.ts";
import { bitsToTarget, targetToBits } from "../target.ts";
import { type BitcoinRule, bitcoinBits, retargetedBits } from "./bitcoin.ts";
import { nextBits } from "./next-bits.ts";

const mainnet = networkByName("mainnet");
const testnet = networkByName("testnet");
const rule = mainnet.retarget as BitcoinRule;
const WEEK = 604_800;
const LIMIT_BITS = 0x1d00ffff;

/** Headers 0..count-1, ten minutes apart, all with these bits unless told otherwise. */
function line(count: number, bitsAt: (height: number) => number): HeaderLine {
  const headers = new HeaderLine();
  for (let height = 0; height < count; height++) headers.push({ time: 600 * height, bits: bitsAt(height) });
  return headers;
}

describe("bitcoin retarget", () => {
  test("scales the target with the time that the period took", () => {
    const slower = retargetedBits(0x1b0404cb, 3 * WEEK, rule, mainnet);
    assert.equal(slower, targetToBits((bitsToTarget(0x1b0404cb) * 3n) / 2n));
    assert.equal(retargetedBits(0x1b0404cb, 2 * WEEK, rule, mainnet), 0x1b0404cb);
  });

  test("counts a period as at least a quarter and at most four times its due", () => {
    assert.equal(retargetedBits(0x1b0404cb, 1, rule, mainnet), retargetedBits(0x1b0404cb, WEEK / 2, rule, mainnet));
    assert.equal(retargetedBits(0x1b0404cb, -5, rule, mainnet), targetToBits(bitsToTarget(0x1b0404cb) / 4n));
    assert.equal(retargetedBits(0x1b0404cb, 99 * WEEK, rule, mainnet), targetToBits(bitsToTarget(0x1b0404cb) * 4n));
  });

  test("never goes above the limit", () => {
    assert.equal(retargetedBits(LIMIT_BITS, 8 * WEEK, rule, mainnet), LIMIT_BITS);
  });

  test("changes only with the first block of a period, measured from that period's first block", () => {
    const headers = line(2016, () => 0x1b0404cb);
    assert.equal(nextBits(headers.ancestor(headers.tip(), 2014), 0, headers, mainnet), 0x1b0404cb);
    const expected = retargetedBits(0x1b0404cb, 2015 * 600, rule, mainnet);
    assert.notEqual(expected, 0x1b0404cb, "2,015 intervals are counted against 2,016");
    assert.equal(nextBits(headers.tip(), 0, headers, mainnet), expected);
  });

  test("BIP94 starts from the bits of the period's first block", () => {
    const headers = line(2016, (height) => (height === 2015 ? LIMIT_BITS : 0x1b0404cb));
    const parent = headers.tip();
    assert.equal(
      bitcoinBits(parent, 0, headers, { ...rule, bip94: true }, mainnet),
      retargetedBits(0x1b0404cb, 2015 * 600, rule, mainnet),
    );
    assert.equal(bitcoinBits(parent, 0, headers, rule, mainnet), retargetedBits(LIMIT_BITS, 2015 * 600, rule, mainnet));
  });
});

describe("minimum difficulty of test networks", () => {
  test("a block more than twenty minutes late may be easy", () => {
    const headers = line(10, () => 0x1b0404cb);
    const parent = headers.tip();
    assert.equal(nextBits(parent, parent.header.time + 1200, headers, testnet), 0x1b0404cb);
    assert.equal(nextBits(parent, parent.header.time + 1201, headers, testnet), LIMIT_BITS);
    assert.equal(nextBits(parent, parent.header.time + 1201, headers, mainnet), 0x1b0404cb);
  });

  test("the next block returns to the last ordinary bits, however many easy ones lie between", () => {
    const headers = line(10, (height) => (height > 5 ? LIMIT_BITS : 0x1b0404cb));
    const parent = headers.tip();
    assert.equal(nextBits(parent, parent.header.time + 600, headers, testnet), 0x1b0404cb);
  });

  test("the search ends with the period", () => {
    const headers = line(2020, (height) => (height >= 2016 ? LIMIT_BITS : 0x1b0404cb));
    assert.equal(nextBits(headers.tip(), headers.tip().header.time + 600, headers, testnet), LIMIT_BITS);
  });

  test("a network without retarget keeps the parent's bits for ever", () => {
    const headers = line(2016, () => 0x207fffff);
    assert.equal(nextBits(headers.tip(), 10 ** 9, headers, networkByName("regtest")), 0x207fffff);
  });
});
