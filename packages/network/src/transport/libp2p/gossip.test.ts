import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  GOSSIP_BREACH_INTERVAL_MS,
  GOSSIP_RPCS_PER_PEER,
  MAX_GOSSIP_BACKLOG,
  MAX_GOSSIP_PER_TURN,
  MAX_PENDING_VERDICTS,
  MAX_PENDING_VERDICTS_PER_PEER,
  VERDICT_TIMEOUT_MS,
} from "../../limits.ts";
import { silentLog } from "../../testing/loopback-node.ts";
import { ManualTime } from "../../testing/manual-time.ts";
import { topicName } from "../../topics.ts";
import type { Topic, TransportHandlers, Verdict } from "../transport.ts";
import { Gossip } from "./gossip.ts";
import { GossipMeter } from "./gossip-meter.ts";
import type { GossipRouter } from "./gossip-router.ts";

/** The router's side as far as Gossip uses it. */
class FakeRouter extends EventTarget {
  readonly reports: { readonly id: string; readonly verdict: Verdict }[] = [];
  #count = 0;

  subscribe(): void {}

  reportMessageValidationResult(id: string, _from: string, verdict: Verdict): void {
    this.reports.push({ id, verdict });
  }

  deliver(topic: Topic, from: string, payload: Uint8Array = Uint8Array.of(1)): string {
    const msgId = String(this.#count++);
    const event = new Event("gossipsub:message");
    const msg = { topic: topicName("c", topic), data: payload };
    this.dispatchEvent(Object.assign(event, { detail: { msgId, propagationSource: from, msg } }));
    return msgId;
  }
}

function setUp(onMessage: (verdict: (verdict: Verdict) => void) => void): {
  readonly router: FakeRouter;
  readonly time: ManualTime;
  readonly gossip: Gossip;
} {
  const router = new FakeRouter();
  const time = new ManualTime();
  const ports = { chainId: "c", clock: time, timers: time, log: silentLog };
  const gossip = new Gossip(router as unknown as GossipRouter, ports);
  const handlers: TransportHandlers = {
    peerConnected() {},
    peerDisconnected() {},
    gossip: (_topic, _from, _payload, verdict) => onMessage(verdict),
    request: () => [],
  };
  gossip.start(handlers);
  return { router, time, gossip };
}

describe("verdicts", () => {
  test("exactly one, however often the handler answers, and however late", () => {
    const given: ((verdict: Verdict) => void)[] = [];
    const { router, time } = setUp((verdict) => given.push(verdict));
    const id = router.deliver("txs", "a");
    given[0]?.("accept");
    given[0]?.("reject");
    time.advance(VERDICT_TIMEOUT_MS);
    given[0]?.("reject");
    assert.deepEqual(router.reports, [{ id, verdict: "accept" }]);
    assert.equal(time.pending, 0);
  });

  test("a handler that never answers counts as ignore after the limit", () => {
    const { router, time } = setUp(() => {});
    const id = router.deliver("blocks", "a");
    time.advance(VERDICT_TIMEOUT_MS - 1);
    assert.deepEqual(router.reports, []);
    time.advance(1);
    assert.deepEqual(router.reports, [{ id, verdict: "ignore" }]);
  });

  test("a handler that throws blames nobody, and the error surfaces", () => {
    const { router, time } = setUp(() => {
      throw new Error("our own mistake");
    });
    router.deliver("blocks", "a");
    assert.deepEqual(
      router.reports.map(({ verdict }) => verdict),
      ["ignore"],
    );
    assert.throws(() => time.advance(0), /our own mistake/);
  });

  test("too many waiting, of one peer or of all, are ignored unseen", () => {
    let seen = 0;
    const { router, time } = setUp(() => seen++);
    const flood = (peer: string, count: number): void => {
      for (let i = 0; i < count; i++) {
        router.deliver("blocks", peer);
        time.advance(0);
      }
    };
    flood("a", MAX_PENDING_VERDICTS_PER_PEER.blocks + 1);
    assert.equal(seen, MAX_PENDING_VERDICTS_PER_PEER.blocks);
    flood("b", MAX_PENDING_VERDICTS.blocks);
    flood("c", 3);
    assert.equal(seen, MAX_PENDING_VERDICTS.blocks);
    time.advance(VERDICT_TIMEOUT_MS);
    flood("a", 1);
    assert.equal(seen, MAX_PENDING_VERDICTS.blocks + 1);
  });

  test("the event loop gets its turn between so many messages, and the backlog is bounded", () => {
    let seen = 0;
    const { router, time } = setUp((verdict) => {
      seen++;
      verdict("accept");
    });
    const count = MAX_GOSSIP_PER_TURN + MAX_GOSSIP_BACKLOG + 5;
    for (let i = 0; i < count; i++) router.deliver("txs", "a");
    assert.equal(seen, MAX_GOSSIP_PER_TURN);
    assert.equal(router.reports.filter(({ verdict }) => verdict === "ignore").length, 5);
    time.advance(0);
    assert.equal(seen, MAX_GOSSIP_PER_TURN + MAX_GOSSIP_BACKLOG);
  });

  test("nothing is handed over after the stop", () => {
    let seen = 0;
    const { router, time, gossip } = setUp(() => seen++);
    router.deliver("txs", "a");
    gossip.stop();
    router.deliver("txs", "a");
    time.advance(VERDICT_TIMEOUT_MS);
    assert.equal(seen, 1);
  });
});

/** RPCs of one byte each: length 1, body. */
const rpcs = (count: number): Uint8Array => new Uint8Array(2 * count).fill(1);

describe("meter", () => {
  test("a peer beyond the number of RPCs is told on, at most once a second, and only that one", () => {
    const time = new ManualTime();
    const breaches: string[] = [];
    const meter = new GossipMeter(time, (peer) => breaches.push(peer));
    for (let i = 0; i < 4; i++) meter.received("a", rpcs(GOSSIP_RPCS_PER_PEER.units / 4));
    meter.received("b", rpcs(1));
    assert.deepEqual(breaches, []);
    for (let i = 0; i < 10; i++) meter.received("a", rpcs(100));
    assert.deepEqual(breaches, ["a"]);
    time.advance(GOSSIP_BREACH_INTERVAL_MS);
    meter.received("a", rpcs(GOSSIP_RPCS_PER_PEER.units));
    assert.deepEqual(breaches, ["a", "a"]);
  });

  test("a large message cut into chunks is one RPC", () => {
    const breaches: string[] = [];
    const meter = new GossipMeter(new ManualTime(), (peer) => breaches.push(peer));
    // 4,000,000 as LEB128, then the body: twice, which is within the bytes of the quota.
    for (let message = 0; message < 2; message++) {
      meter.received("a", Uint8Array.of(0x80, 0x92));
      meter.received("a", Uint8Array.of(0xf4, 0x01));
      for (let sent = 0; sent < 4_000_000; sent += 50_000) meter.received("a", new Uint8Array(50_000).fill(0x01));
    }
    assert.deepEqual(breaches, []);
    for (let i = 0; i < 600; i++) meter.received("a", new Uint8Array(50_000));
    assert.deepEqual(breaches, ["a"]);
  });
});
