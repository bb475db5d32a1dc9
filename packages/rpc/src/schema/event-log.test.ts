import assert from "node:assert/strict";
import { test } from "node:test";
import type { Txid } from "@forkyard/core/hash";
import * as fc from "fast-check";
import { MAX_EVENT_LISTENERS } from "../limits.ts";
import { EventLog } from "./event-log.ts";

const transaction = {
  type: "transaction",
  txid: "ab".repeat(32) as Txid,
  status: "accepted",
  fee: 1,
  virtualSize: 2,
} as const;

test("the last events are kept, in order, and what is gone is counted", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(60), fc.nat(70), (capacity, appended, from) => {
      const log = new EventLog(() => 5, capacity);
      for (let i = 0; i < appended; i++) log.append(transaction);
      const { events, missed } = log.since(from);
      const wanted = Math.max(1, from);
      const all = Array.from({ length: Math.max(0, appended - wanted + 1) }, (_, i) => wanted + i);
      assert.equal(missed, Math.min(all.length, Math.max(0, all.length - capacity)));
      assert.deepEqual(
        events.map((event) => event.sequence),
        all.slice(missed),
      );
    }),
  );
});

test("listeners hear each event once until they leave, and their number is bounded", () => {
  const log = new EventLog(() => 5);
  const heard: number[] = [];
  const leave = log.subscribe((event) => heard.push(event.sequence));
  log.append(transaction);
  leave();
  log.append(transaction);
  assert.deepEqual(heard, [1]);
  for (let i = 0; i < MAX_EVENT_LISTENERS; i++) log.subscribe(() => {});
  assert.throws(() => log.subscribe(() => {}), { name: "AssertionFault" });
});
