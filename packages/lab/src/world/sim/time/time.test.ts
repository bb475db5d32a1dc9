import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { EventHeap, type Planned } from "./event-heap.ts";
import { VirtualTime, WORLD_NODE } from "./virtual-time.ts";

describe("event heap", () => {
  test("gives out by time, then node, then order of planning; what was called off never", () => {
    const entry = fc.record({ atUs: fc.nat(5), node: fc.integer({ min: -1, max: 3 }), calledOff: fc.boolean() });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
        const heap = new EventHeap();
        const planned = entries.map(({ atUs, node }, order): Planned => ({ atUs, node, order, run: () => {} }));
        for (const each of planned) heap.push(each);
        entries.forEach(({ calledOff }, index) => {
          if (calledOff) heap.callOff(planned[index] as Planned);
        });
        const expected = planned
          .filter((_, index) => entries[index]?.calledOff === false)
          .toSorted((a, b) => a.atUs - b.atUs || a.node - b.node || a.order - b.order);
        assert.equal(heap.size, expected.length);
        const given: Planned[] = [];
        for (let next = heap.pop(); next !== undefined; next = heap.pop()) given.push(next);
        assert.deepEqual(given, expected);
      }),
    );
  });

  test("does not grow with what is called off", () => {
    const heap = new EventHeap();
    const keep: Planned = { atUs: 1e9, node: 0, order: 0, run: () => {} };
    heap.push(keep);
    for (let order = 1; order <= 50_000; order++) {
      const planned: Planned = { atUs: order, node: 0, order, run: () => {} };
      heap.push(planned);
      heap.callOff(planned);
      heap.callOff(planned);
    }
    assert.equal(heap.size, 1);
    assert.equal(heap.pop(), keep);
    assert.equal(heap.pop(), undefined);
  });
});

describe("virtual time", () => {
  test("goes from event to event, never early, and stops at the limit", () => {
    const time = new VirtualTime(1_000_000);
    const seen: number[] = [];
    time.timers(0).after(1.0001, () => seen.push(time.nowMs));
    time.timers(0).after(5, () => seen.push(time.nowMs));
    while (time.step(3_000));
    assert.deepEqual(seen, [1.001]);
    assert.equal(time.nowMs, 3);
    while (time.step(9_000));
    assert.deepEqual(seen, [1.001, 5]);
  });

  test("timers can be called off, and those of a node that is gone stay silent", () => {
    const time = new VirtualTime(0);
    const seen: string[] = [];
    let alive = true;
    time.timers(0).after(1, () => seen.push("called off"))();
    time.timers(1, () => alive).after(2, () => seen.push("gone"));
    time.plan(WORLD_NODE, 1_500, () => {
      alive = false;
      seen.push("world");
    });
    while (time.step(10_000));
    assert.deepEqual(seen, ["world"]);
  });

  test("a clock that is off tells another time of day and the same durations", () => {
    const time = new VirtualTime(1_000_000);
    let offsetMs = 0;
    const clock = time.clock(() => offsetMs);
    time.step(2_500);
    assert.deepEqual([clock.nowMs(), clock.monotonicMs()], [1_000_002, 2.5]);
    offsetMs = -1_000;
    assert.deepEqual([clock.nowMs(), clock.monotonicMs()], [999_002, 2.5]);
  });
});
