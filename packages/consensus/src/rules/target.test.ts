import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { BlockHash } from "@forkyard/core/hash";
import * as fc from "fast-check";
import { bitsToTarget, decodeCompact, hashMeetsTarget, hasProofOfWork, targetToBits, workOfBits } from "./target.ts";

const POW_LIMIT = (1n << 224n) - 1n;

function hashOf(value: bigint): BlockHash {
  return value.toString(16).padStart(64, "0") as BlockHash;
}

describe("target", () => {
  test("reads compact numbers with sign and overflow", () => {
    assert.deepEqual(decodeCompact(0x1d00ffff), { magnitude: 0xffffn << 208n, negative: false, overflow: false });
    assert.deepEqual(decodeCompact(0x04923456), { magnitude: 0x12345600n, negative: true, overflow: false });
    assert.equal(decodeCompact(0xff123456).overflow, true);
    assert.equal(decodeCompact(0x01fedcba).negative, true);
    assert.equal(decodeCompact(0x00923456).negative, false, "zero has no sign");
  });

  test("negative and overflowing bits are the target that no hash meets", () => {
    assert.equal(bitsToTarget(0x1d80ffff), 0n);
    assert.equal(bitsToTarget(0xff7fffff), 0n);
    assert.equal(workOfBits(0xff7fffff), 0n);
    assert.equal(workOfBits(0), 0n);
  });

  test("writes the shortest compact form without a sign bit", () => {
    assert.equal(targetToBits(0n), 0);
    assert.equal(targetToBits(0x7fn), 0x017f0000);
    assert.equal(targetToBits(0x80n), 0x02008000);
    assert.equal(targetToBits(POW_LIMIT), 0x1d00ffff);
  });

  test("a target survives the way there and back, but for the digits that compact form drops", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }), (target) => {
        const back = bitsToTarget(targetToBits(target));
        assert.ok(back <= target && target - back <= target >> 15n);
        assert.equal(targetToBits(back), targetToBits(target));
      }),
    );
  });

  test("work is 2^256 over target plus one", () => {
    assert.equal(workOfBits(0x1d00ffff), 0x100010001n);
    assert.equal(workOfBits(0x207fffff), 2n);
  });

  test("a hash meets a target that is not below it", () => {
    assert.equal(hashMeetsTarget(hashOf(5n), 5n), true);
    assert.equal(hashMeetsTarget(hashOf(6n), 5n), false);
  });

  test("proof of work needs a target that the network allows", () => {
    assert.equal(hasProofOfWork(hashOf(1n), 0x1d00ffff, POW_LIMIT), true);
    assert.equal(hasProofOfWork(hashOf(1n), 0x1d010000, POW_LIMIT), false, "above the limit");
    assert.equal(hasProofOfWork(hashOf(0n), 0, POW_LIMIT), false, "zero target");
    assert.equal(hasProofOfWork(hashOf(1n << 225n), 0x1d00ffff, POW_LIMIT), false);
  });
});
