import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { HashThrottle } from "./hash-throttle.ts";

const MAX_HASHES = 80_000;

interface Run {
  readonly hashes: number;
  readonly wakeUps: number;
  /** Moments of the hashes, in milliseconds. */
  readonly at: readonly number[];
}

/** Mines for `durationMs` of virtual time. Hashing takes `msPerHash`, timers are late by up to `lateMs`. */
function run(hashRate: number, durationMs: number, random: () => number, msPerHash = 0, lateMs = 0): Run {
  const throttle = new HashThrottle(hashRate, 0, random);
  let nowMs = 0;
  let hashes = 0;
  let wakeUps = 0;
  const at: number[] = [];
  while (nowMs < durationMs) {
    const step = throttle.next(nowMs, MAX_HASHES);
    if (step.kind === "wait") {
      nowMs += step.delayMs + random() * lateMs;
      wakeUps += 1;
    } else {
      hashes += step.hashes;
      at.push(nowMs);
      throttle.spend(step.hashes);
      nowMs += step.hashes * msPerHash;
    }
  }
  return { hashes, wakeUps, at };
}

/** Evenly distributed numbers that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe("hash rate throttle", () => {
  test("meets any rate within a hash or 1 %, with late timers and slow hashing", () => {
    const anyRate = fc.double({ min: -1, max: 6, noNaN: true }).map((exponent) => 10 ** exponent);
    fc.assert(
      fc.property(anyRate, fc.nat(), fc.double({ min: 0, max: 20, noNaN: true }), (hashRate, seed, lateMs) => {
        const seconds = 30;
        const { hashes } = run(hashRate, seconds * 1000, seeded(seed), 1 / 8000, lateMs);
        const expected = hashRate * seconds;
        assert.ok(Math.abs(hashes - expected) <= 2 + expected * 0.01, `${hashes} hashes instead of ${expected}`);
      }),
    );
  });

  test("does not drift: an hour at 0.4 H/s is 1440 hashes", () => {
    const { hashes } = run(0.4, 3_600_000, seeded(1), 0, 20);
    assert.ok(Math.abs(hashes - 1440) <= 1, `${hashes} hashes`);
  });

  test("sleeps between hashes: at most 40 wake-ups a second", () => {
    for (const hashRate of [0.4, 1000, 1e6]) {
      const { wakeUps } = run(hashRate, 10_000, seeded(2), 1 / 8000);
      assert.ok(wakeUps <= 400, `${wakeUps} wake-ups at ${hashRate} H/s`);
    }
  });

  test("slow hashes come at random moments, so that two slow miners do not keep step", () => {
    const { at } = run(0.5, 200_000, seeded(3));
    const phases = at.map((moment) => (moment % 2000) / 2000);
    for (const quarter of [0, 1, 2, 3]) {
      assert.ok(
        phases.some((phase) => Math.floor(phase * 4) === quarter),
        `no hash in quarter ${quarter}`,
      );
    }
  });

  test("a rate above what the machine can do is full power without waits", () => {
    const { hashes, wakeUps } = run(1e9, 1000, seeded(4), 1 / 8000);
    assert.ok(hashes >= 7_700_000, `${hashes} hashes`);
    assert.ok(wakeUps <= 2);
  });

  test("a pause is made up for by two seconds' worth at most", () => {
    const throttle = new HashThrottle(1000, 0, seeded(5));
    const step = throttle.next(3_600_000, 1e9);
    assert.ok(step.kind === "grind" && step.hashes <= 2001, JSON.stringify(step));
  });

  test("refuses rates that make no sense", () => {
    for (const hashRate of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => new HashThrottle(hashRate, 0, seeded(6)), /hash rate/);
    }
  });
});
