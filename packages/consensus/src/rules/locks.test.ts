import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Txid } from "@forkyard/core/hash";
import { SEQUENCE_FINAL, type Transaction } from "@forkyard/core/tx";
import { inputOf, payment } from "../testing/build-block.ts";
import { HeaderLine } from "../testing/header-line.ts";
import { isFinalTx, sequenceLocks, sequenceLocksPass } from "./locks.ts";

const TXID = "11".repeat(32) as Txid;
const TIME_LOCK = 0x00400000;
const DISABLED = 0x80000000;

function tx(lockTime: number, sequences: readonly number[], version = 2): Transaction {
  const inputs = sequences.map((sequence, vout) => inputOf(TXID, vout, { sequence }));
  return payment(inputs, [1n], { lockTime, version });
}

describe("lock time", () => {
  test("zero is always final", () => {
    assert.equal(isFinalTx(tx(0, [0]), 0, 0), true);
  });

  test("below 500,000,000 it is the last height that must be behind", () => {
    assert.equal(isFinalTx(tx(100, [0]), 100, 2e9), false);
    assert.equal(isFinalTx(tx(100, [0]), 101, 0), true);
    assert.equal(isFinalTx(tx(499_999_999, [0]), 499_999_999, 2e9), false);
  });

  test("from there on it is a time", () => {
    assert.equal(isFinalTx(tx(500_000_000, [0]), 2e9, 500_000_000), false);
    assert.equal(isFinalTx(tx(500_000_000, [0]), 0, 500_000_001), true);
  });

  test("only counts while an input is not final", () => {
    assert.equal(isFinalTx(tx(100, [SEQUENCE_FINAL, SEQUENCE_FINAL]), 1, 0), true);
    assert.equal(isFinalTx(tx(100, [SEQUENCE_FINAL, SEQUENCE_FINAL - 1]), 1, 0), false);
  });
});

/** Median time past at a height above ten of the line below. */
function medianAt(height: number): number {
  return 1_000_000 + 1000 * (height - 5);
}

describe("relative locks (BIP68)", () => {
  /** Heights 0..49, a thousand seconds apart. */
  const line = new HeaderLine();
  for (let height = 0; height < 50; height++) line.push({ time: 1_000_000 + 1000 * height });
  const parent = line.tip();
  const locksOf = (sequences: readonly number[], heights: readonly number[], version = 2): [number, number] => {
    const { minHeight, minTime } = sequenceLocks(tx(0, sequences, version), heights, parent, line);
    return [minHeight, minTime];
  };
  const passes = (sequences: readonly number[], heights: readonly number[], version = 2): boolean =>
    sequenceLocksPass(sequenceLocks(tx(0, sequences, version), heights, parent, line), parent, line);

  test("in blocks: a coin of height h may be spent n blocks later", () => {
    assert.deepEqual(locksOf([10], [30]), [39, -1]);
    assert.equal(passes([10], [40]), true, "40 + 10 is the height of the block");
    assert.equal(passes([10], [41]), false);
    assert.equal(passes([0], [50]), true, "a coin of the same block, no lock");
    assert.equal(passes([1], [50]), false);
  });

  test("in units of 512 seconds of median time, from the block before the coin's", () => {
    assert.deepEqual(locksOf([TIME_LOCK | 3], [30]), [-1, medianAt(29) + 3 * 512 - 1]);
    const median = medianAt(49);
    const units = Math.floor((median - medianAt(39)) / 512);
    assert.equal(passes([TIME_LOCK | units], [40]), true);
    assert.equal(passes([TIME_LOCK | (units + 1)], [40]), false);
    assert.equal(passes([TIME_LOCK], [50]), true);
  });

  test("a coin of genesis counts from genesis itself", () => {
    assert.deepEqual(locksOf([TIME_LOCK | 1], [0]), [-1, 1_000_000 + 511]);
  });

  test("the strictest input decides, only the low 16 bits count, the top bit switches off", () => {
    assert.deepEqual(locksOf([1, 5, 3], [30, 30, 30]), [34, -1]);
    assert.deepEqual(locksOf([0x00010001], [30]), [30, -1]);
    assert.deepEqual(locksOf([DISABLED + 5], [30]), [-1, -1]);
    assert.equal(passes([SEQUENCE_FINAL], [50]), true);
  });

  test("the version is read as unsigned: 1 and 0 have no locks, a negative one has", () => {
    assert.deepEqual(locksOf([10], [30], 1), [-1, -1]);
    assert.deepEqual(locksOf([10], [30], 0), [-1, -1]);
    assert.deepEqual(locksOf([10], [30], -1), [39, -1]);
  });
});
