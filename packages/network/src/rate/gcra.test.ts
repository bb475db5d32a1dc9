import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { PROTOCOL_LIMITS } from "../limits.ts";
import { Gcra } from "./gcra.ts";
import { RequestQuotas } from "./request-quotas.ts";

describe("gcra", () => {
  test("never more than twice the quota in a window, whatever is asked when", () => {
    const asks = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(500)), { maxLength: 200 });
    fc.assert(
      fc.property(asks, (list) => {
        const gcra = new Gcra({ units: 10, windowMs: 1_000 });
        const taken: { atMs: number; units: number }[] = [];
        let nowMs = 0;
        for (const [units, waitMs] of list) {
          nowMs += waitMs;
          const readyMs = gcra.readyAtMs(units, nowMs);
          const took = gcra.take(units, nowMs);
          assert.equal(took, readyMs <= nowMs);
          if (took) taken.push({ atMs: nowMs, units });
          const recent = taken.filter(({ atMs }) => atMs > nowMs - 1_000);
          assert.ok(recent.reduce((sum, { units: u }) => sum + u, 0) <= 20);
        }
      }),
    );
  });

  test("the whole quota at once, then one unit each share of the window", () => {
    const gcra = new Gcra({ units: 10, windowMs: 1_000 });
    assert.ok(gcra.take(10, 5_000));
    assert.ok(!gcra.take(1, 5_099));
    assert.equal(gcra.readyAtMs(1, 5_099), 5_100);
    assert.ok(gcra.take(1, 5_100));
    assert.ok(!gcra.take(11, 1e9));
  });

  test("charges may overdraw, and are paid off with time", () => {
    const gcra = new Gcra({ units: 10, windowMs: 1_000 });
    gcra.charge(25, 0);
    assert.ok(gcra.overdrawn(1_499));
    assert.ok(!gcra.overdrawn(1_500));
  });
});

const quotas = (): RequestQuotas =>
  new RequestQuotas(PROTOCOL_LIMITS, { units: 1_000, windowMs: 1_000 }, { units: 5_000, windowMs: 1_000 });

describe("request quotas", () => {
  test("a request is charged by what it names", () => {
    const limited = quotas();
    const { units } = PROTOCOL_LIMITS.blocks.perPeer;
    let served = 0;
    while (limited.take("p", "blocks", 16 * 32, 0)) served++;
    assert.equal(served, units / 16);
    assert.ok(limited.take("q", "blocks", 32, 0));
    assert.ok(limited.take("p", "headers", 32, 0));
    limited.forget("p");
    assert.ok(limited.take("p", "blocks", 32, 0));
  });

  test("all peers together have a quota of their own", () => {
    const limited = quotas();
    const { perPeer, total } = PROTOCOL_LIMITS.mempool;
    let served = 0;
    for (let peer = 0; peer < 100; peer++) while (limited.take(String(peer), "mempool", 0, 0)) served++;
    assert.equal(served, total.units);
    assert.ok(served < 100 * perPeer.units);
  });

  test("bytes of answers are charged afterwards", () => {
    const limited = quotas();
    limited.chargeAnswer("p", 1_500, 0);
    assert.ok(limited.overdrawn("p", 400));
    assert.ok(!limited.overdrawn("q", 400));
    assert.ok(!limited.overdrawn("p", 600));
  });
});
