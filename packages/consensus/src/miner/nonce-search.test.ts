import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Grinder } from "./grinder.ts";
import { type NonceRangeJob, NonceSearch, type SearchStep } from "./nonce-search.ts";

/** Finds `winner` and nothing else; its batches are a thousand hashes at this rate. */
function searchFor(winner: number): NonceSearch {
  const grinder: Grinder = {
    name: "fake",
    grind: (_header, _target, start, count) => {
      const found = winner >= start && winner < start + count;
      return found ? { nonce: winner, hashes: winner - start + 1 } : { nonce: undefined, hashes: count };
    },
  };
  return new NonceSearch({ grinder, hashRate: 100_000 }, () => 0.5);
}

function job(change: Partial<NonceRangeJob> = {}): NonceRangeJob {
  return {
    jobId: 1,
    header: new Uint8Array(80),
    target: 1n,
    startNonce: 0,
    endNonce: 10_000,
    hashRate: undefined,
    ...change,
  };
}

/** Steps until there is nothing more to do; time goes on by what the steps ask for. */
function finish(search: NonceSearch, startMs = 0): { last: SearchStep; hashes: number; endMs: number } {
  let nowMs = startMs;
  let hashes = 0;
  for (;;) {
    const step = search.step(nowMs);
    if ("hashes" in step) hashes += step.hashes;
    if (step.kind === "found" || step.kind === "exhausted") return { last: step, hashes, endMs: nowMs };
    assert.notEqual(step.kind, "idle");
    nowMs += step.kind === "wait" ? step.delayMs : 0;
  }
}

describe("a worker's search", () => {
  test("goes through its range in batches and counts each hash", () => {
    const search = searchFor(3_456);
    search.start(job(), 0);
    assert.deepEqual(search.step(0), { kind: "searched", hashes: 1000 });
    const { last, hashes } = finish(search);
    assert.deepEqual(last, { kind: "found", hashes: 457, jobId: 1, nonce: 3_456 });
    assert.equal(hashes, 2_457);
    assert.deepEqual(search.step(0), { kind: "idle" });
  });

  test("says when the range is exhausted, and has then tried all of it", () => {
    const search = searchFor(50_000);
    search.start(job({ startNonce: 123, endNonce: 7_777 }), 0);
    const { last, hashes } = finish(search);
    assert.equal(last.kind, "exhausted");
    assert.equal(hashes, 7_777 - 123);
  });

  test("a new job replaces the old one, and stop ends it", () => {
    const search = searchFor(5);
    search.start(job({ startNonce: 100 }), 0);
    search.step(0);
    search.start(job({ jobId: 2 }), 0);
    assert.deepEqual(search.step(0), { kind: "found", hashes: 6, jobId: 2, nonce: 5 });
    search.start(job({ jobId: 3 }), 0);
    search.stop();
    assert.deepEqual(search.step(0), { kind: "idle" });
  });

  test("keeps to the hash rate across jobs, so that new blocks cost a slow miner nothing", () => {
    const search = searchFor(50_000);
    let nowMs = 0;
    let hashes = 0;
    // A new block every second, hashes every 2.5 seconds.
    for (let second = 0; second < 60; second++) {
      search.start(job({ jobId: second, hashRate: 0.4 }), nowMs);
      const endMs = (second + 1) * 1000;
      for (;;) {
        const step = search.step(nowMs);
        if ("hashes" in step) hashes += step.hashes;
        if (step.kind === "wait" && nowMs + step.delayMs > endMs) break;
        nowMs += step.kind === "wait" ? step.delayMs : 0;
      }
      nowMs = endMs;
    }
    assert.ok(Math.abs(hashes - 24) <= 1, `${hashes} hashes instead of 24`);
  });
});
