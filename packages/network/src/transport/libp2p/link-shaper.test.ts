import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type LinkConditions, LinkSchedule } from "../../link-conditions.ts";
import { patienceMs } from "../../link-patience.ts";
import { LoopbackNode, realClock, startLine, stopAll } from "../../testing/loopback-node.ts";

const SLOW: LinkConditions = { latencyMs: 120, jitterMs: 0, bytesPerSecond: undefined, loss: 0 };
const never = (): number => 0.999;

const pair = async (run: (a: LoopbackNode, b: LoopbackNode) => Promise<void>): Promise<void> => {
  const [a, b] = (await startLine(2)) as [LoopbackNode, LoopbackNode];
  try {
    await run(a, b);
  } finally {
    await stopAll([a, b]);
  }
};

const roundTripMs = async (a: LoopbackNode, b: LoopbackNode, bytes = 10): Promise<number> => {
  const startMs = realClock.monotonicMs();
  const frames = await a.ask(b.id, "status", new Uint8Array(bytes).fill(7));
  assert.deepEqual(frames, [new Uint8Array(bytes).fill(7)]);
  return realClock.monotonicMs() - startMs;
};

describe("a link that is slowed down", { timeout: 30_000 }, () => {
  test("delays requests by its latency in one direction, and is quick again afterwards", async () => {
    await pair(async (a, b) => {
      a.transport.setLinkConditions(new Map([[b.id, SLOW]]));
      assert.ok((await roundTripMs(a, b)) >= SLOW.latencyMs);
      b.transport.setLinkConditions(new Map([[a.id, SLOW]]));
      assert.ok((await roundTripMs(a, b)) >= 2 * SLOW.latencyMs);
      a.transport.setLinkConditions(new Map());
      b.transport.setLinkConditions(new Map());
      // A new stream needs several messages each way: had one of them waited, it would show.
      await roundTripMs(a, b);
      assert.deepEqual(b.seen, []);
    });
  });

  test("delays gossip, and keeps its order", async () => {
    await pair(async (a, b) => {
      a.transport.setLinkConditions(new Map([[b.id, { ...SLOW, jitterMs: 40 }]]));
      const startMs = realClock.monotonicMs();
      for (let i = 1; i <= 5; i++) a.transport.publish("txs", Uint8Array.of(i));
      await b.until(() => b.seen.length === 5);
      assert.ok(realClock.monotonicMs() - startMs >= SLOW.latencyMs);
      assert.deepEqual(
        b.seen.map(({ payload }) => payload[0]),
        [1, 2, 3, 4, 5],
      );
    });
  });

  test("with little bandwidth brings more than it holds back at a time, whole", async () => {
    await pair(async (a, b) => {
      const payload = new Uint8Array(3_000_000).fill(1);
      a.transport.setLinkConditions(new Map([[b.id, { ...SLOW, latencyMs: 1, bytesPerSecond: 10_000_000 }]]));
      const startMs = realClock.monotonicMs();
      a.transport.publish("blocks", payload);
      await b.until(() => b.seen.length === 1);
      assert.deepEqual(b.seen[0]?.payload.length, payload.length);
      assert.ok(realClock.monotonicMs() - startMs >= 300);
    });
  });

  test("can be closed while it holds something back", async () => {
    await pair(async (a, b) => {
      a.transport.setLinkConditions(new Map([[b.id, { ...SLOW, latencyMs: 60_000 }]]));
      a.transport.publish("txs", Uint8Array.of(1));
      a.transport.disconnect(b.id);
      await a.until(() => !a.connected.has(b.id));
      assert.deepEqual(b.seen, []);
    });
  });
});

test("a request over a slowed-down link may take longer by its round trips, and by messages that are lost", () => {
  assert.equal(patienceMs(undefined), 0);
  const link = { latencyMs: 3_000, jitterMs: 500, bytesPerSecond: undefined, loss: 0 };
  assert.equal(patienceMs(link), 2 * 2 * 3_500);
  assert.equal(patienceMs({ ...link, loss: 0.1 }), 2 * 2 * 3_500 + 3 * 6_000);
});

describe("the schedule of a link", () => {
  test("adds latency, time to send, jitter and retransmissions", () => {
    const schedule = new LinkSchedule();
    assert.equal(schedule.arrivalMs(100, 5, never), 5);
    schedule.set({ latencyMs: 50, jitterMs: 10, bytesPerSecond: 1000, loss: 0 });
    assert.equal(
      schedule.arrivalMs(100, 10, () => 0.5),
      10 + 100 + 50 + 5,
    );
    // The line is busy until 110 ms.
    assert.equal(
      schedule.arrivalMs(100, 20, () => 0),
      210 + 50,
    );
    schedule.set({ latencyMs: 50, jitterMs: 0, bytesPerSecond: undefined, loss: 0.5 });
    assert.equal(
      schedule.arrivalMs(1, 1000, () => 0.4),
      1000 + 50 + 200,
    );
    assert.equal(
      schedule.arrivalMs(1, 1000, () => 0.6),
      1250,
      "never overtakes what was sent before",
    );
  });
});
