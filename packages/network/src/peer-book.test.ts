import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InputError } from "@forkyard/core/errors";
import { DIAL_STAGGER_MS, MAX_STATIC_PEERS, REDIAL_FIRST_MS, REDIAL_MAX_MS } from "./limits.ts";
import { PeerBook } from "./peer-book.ts";

const NONE: ReadonlySet<string> = new Set();
const address = (peer: string): string => `/ip4/127.0.0.1/tcp/1/p2p/${peer}`;

describe("peer book", () => {
  test("dials at once, then less and less often up to a limit, and soon again after a connection", () => {
    const book = new PeerBook("a", [address("b")]);
    book.start(0);
    const waits: number[] = [];
    let nowMs = 0;
    for (let i = 0; i < 8; i++) {
      assert.deepEqual(book.takeDue(nowMs, NONE), [address("b")]);
      assert.deepEqual(book.takeDue(nowMs, NONE), [], "taken until the dial has ended");
      book.dialEnded(address("b"), undefined, nowMs);
      waits.push(book.nextDueMs(NONE) - nowMs);
      assert.deepEqual(book.takeDue(book.nextDueMs(NONE) - 1, NONE), []);
      nowMs = book.nextDueMs(NONE);
    }
    assert.deepEqual(waits, [200, 400, 800, 1_600, 3_200, REDIAL_MAX_MS, REDIAL_MAX_MS, REDIAL_MAX_MS]);
    book.connected("b");
    assert.equal(book.nextDueMs(NONE), Number.POSITIVE_INFINITY);
    book.disconnected("b", 50_000);
    assert.equal(book.nextDueMs(NONE), 50_000 + REDIAL_FIRST_MS);
  });

  test("a peer that connects but is none of ours is not dialled faster and faster", () => {
    const book = new PeerBook("a", [address("b")]);
    book.start(0);
    book.takeDue(0, NONE);
    book.dialEnded(address("b"), "b", 0);
    book.disconnected("b", 0);
    assert.equal(book.nextDueMs(NONE), 2 * REDIAL_FIRST_MS);
  });

  test("blocked peers are left out, and dialled at once when free again", () => {
    const book = new PeerBook("a", [address("b"), address("c")]);
    book.start(0);
    assert.deepEqual(book.takeDue(0, new Set(["b"])), [address("c")]);
    book.dialEnded(address("c"), undefined, 0);
    book.retryNow(["c"], 10);
    assert.equal(book.nextDueMs(new Set(["b"])), 10);
  });

  test("the larger id waits a little, ourselves and doubles are left out", () => {
    const book = new PeerBook("b", [address("a"), address("a"), address("b"), address("c")]);
    book.start(0);
    assert.deepEqual(book.takeDue(0, NONE), [address("c")]);
    assert.deepEqual(book.takeDue(DIAL_STAGGER_MS, NONE), [address("a")]);
    assert.equal(book.nextDueMs(NONE), Number.POSITIVE_INFINITY);
  });

  test("learns who answers at an address without an id", () => {
    const book = new PeerBook("a", ["/ip4/127.0.0.1/tcp/1"]);
    book.start(0);
    book.takeDue(0, NONE);
    book.dialEnded("/ip4/127.0.0.1/tcp/1", "b", 0);
    book.connected("b");
    assert.equal(book.nextDueMs(NONE), Number.POSITIVE_INFINITY);
    book.rest("b");
    book.disconnected("b", 0);
    assert.equal(book.nextDueMs(NONE), REDIAL_MAX_MS);
  });

  test("peers added later are dialled at once, removed ones no more", () => {
    const book = new PeerBook("a", []);
    book.add(address("b"), 1_000);
    book.add(address("b"), 1_000);
    book.add(address("a"), 1_000);
    assert.deepEqual(book.takeDue(1_000, NONE), [address("b")]);
    book.remove(address("b"));
    book.dialEnded(address("b"), undefined, 1_000);
    assert.equal(book.nextDueMs(NONE), Number.POSITIVE_INFINITY);
    for (let i = 0; i < MAX_STATIC_PEERS; i++) book.add(address(`p${i}`), 0);
    assert.throws(() => book.add(address("z"), 0), InputError);
  });

  test("the number of static peers is bounded", () => {
    const addresses = Array.from({ length: MAX_STATIC_PEERS + 1 }, (_, i) => address(`p${i}`));
    assert.throws(() => new PeerBook("a", addresses), InputError);
  });
});
