import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DecodeError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import { blockHashOf } from "@forkyard/core/header";
import * as fc from "fast-check";
import {
  BLOCK_STALL_MS,
  MAX_BLOCKS_IN_FLIGHT,
  MAX_BLOCKS_PER_REQUEST,
  MAX_LOW_WORK_HEADERS,
  MAX_SOURCES_PER_BLOCK,
} from "../limits.ts";
import { bodyOf, FakeChain, headersOn, INVALID_BITS } from "../testing/fake-chain.ts";
import { type Behaviour, honest, SyncWorld } from "../testing/sync-world.ts";
import type { RequestResult, SyncProtocol } from "../transport/transport.ts";
import { decodeGetBlocks } from "../wire/get-blocks.ts";
import { encodeHeaders } from "../wire/headers.ts";
import { encodeStatus } from "../wire/status.ts";

const chainOf = (length: number, nonce = 0): FakeChain =>
  new FakeChain().extend(headersOn(FakeChain.genesis, length, nonce));

/** Honest but for one protocol. */
const but = (
  chain: FakeChain,
  protocol: SyncProtocol,
  how: (payload: Uint8Array) => RequestResult | "silence",
): Behaviour => {
  const good = honest(chain);
  return (asked, payload) => (asked === protocol ? how(payload) : good(asked, payload));
};

const synced = (world: SyncWorld, chain: FakeChain) => (): boolean => world.chain.tip.hash === chain.tip.hash;

describe("an honest peer", () => {
  test("300 blocks in few round trips, handed over in order", () => {
    const world = new SyncWorld();
    const chain = chainOf(300);
    world.connect("a", honest(chain));
    assert.ok(world.run(3_000, synced(world, chain)));
    assert.deepEqual(world.chain.stored, chain.stored);
    assert.ok(world.nowMs <= 150, `${world.nowMs} ms`);
    assert.ok(!world.flow.syncing());
  });

  test("far away is kept and synchronised with, if its distance is known", () => {
    for (const [patience, arrives] of [
      [0, false],
      [20_000, true],
    ] as const) {
      const world = new SyncWorld(new FakeChain(), { patienceMs: () => patience });
      world.latencyMs = 12_000;
      const chain = chainOf(300);
      world.connect("a", honest(chain));
      assert.equal(world.run(600_000, synced(world, chain)), arrives);
      assert.equal(world.dropped.has("a"), !arrives);
    }
  });

  test("5,000 headers take three rounds, and the bodies of several peers share the work", () => {
    const world = new SyncWorld();
    const chain = chainOf(5_000);
    const asked = new Map<string, number>();
    for (const peer of ["a", "b", "c"]) {
      const counting = but(chain, "blocks", (payload) => {
        asked.set(peer, (asked.get(peer) ?? 0) + decodeGetBlocks(payload).length);
        return honest(chain)("blocks", payload);
      });
      world.connect(peer, counting);
    }
    assert.ok(world.run(30_000, synced(world, chain)));
    assert.deepEqual(world.chain.stored, chain.stored);
    for (const count of asked.values()) assert.ok(count > 1_000, `${count} of 5,000`);
    assert.ok(world.mostOwedByPeer <= MAX_BLOCKS_PER_REQUEST);
    assert.ok(world.mostOwed <= MAX_BLOCKS_IN_FLIGHT);
  });

  test("a heavier branch is found though ours is long, and shorter ones are left alone", () => {
    const world = new SyncWorld(chainOf(50, 1));
    const shorter = chainOf(40, 2);
    const heavier = chainOf(60, 3);
    world.connect("short", honest(shorter));
    world.connect("heavy", honest(heavier));
    assert.ok(world.run(3_000, synced(world, heavier)));
    assert.ok(!world.chain.hasHeader(shorter.tip.hash));
  });

  test("a branch of 3,000 that is heavier only at its end is fetched though it is not the best for long", () => {
    const world = new SyncWorld(chainOf(2_900, 1));
    const heavier = chainOf(3_000, 2);
    world.connect("a", honest(heavier));
    assert.ok(world.run(10_000, synced(world, heavier)));
  });

  test("an unknown parent is asked for at once, though the peer's status is old", () => {
    const world = new SyncWorld();
    const chain = chainOf(5);
    world.connect("a", honest(chain));
    assert.ok(world.run(1_000, synced(world, chain)));
    chain.extend(headersOn(chain.tip.hash, 6, 1));
    const start = world.nowMs;
    world.perform(world.flow.gossipUnknownParent("a", chain.tip.hash, world.nowMs));
    assert.ok(world.run(100, synced(world, chain)));
    assert.ok(world.nowMs - start < 50);
    assert.deepEqual(world.flow.headerAnnounced("a", chain.tip.hash, world.nowMs), []);
  });

  test("the status that a peer tells on its own is enough; a poll finds what gossip missed", () => {
    const world = new SyncWorld();
    const chain = chainOf(1);
    world.connect("a", honest(chain));
    assert.ok(world.run(1_000, synced(world, chain)));
    chain.extend(headersOn(chain.tip.hash, 1, 1));
    world.perform(world.flow.statusReceived("a", encodeStatus(chain.status()), world.nowMs));
    assert.ok(world.run(100, synced(world, chain)));
    chain.extend(headersOn(chain.tip.hash, 1, 1));
    assert.ok(world.run(7_000, synced(world, chain)));
    assert.throws(() => world.flow.statusReceived("a", new Uint8Array(3), world.nowMs), DecodeError);
  });

  test("an owner that stores blocks late gets each once, and no more than the window at a time", () => {
    const world = new SyncWorld();
    const chain = chainOf(400);
    const waiting: BlockHash[] = [];
    const handedOver: BlockHash[] = [];
    world.take = ({ hash }) => {
      waiting.push(hash);
      handedOver.push(hash);
      return [];
    };
    world.connect("a", honest(chain));
    while (world.chain.tip.hash !== chain.tip.hash) {
      assert.ok(world.run(1_000, () => waiting.length > 0));
      assert.ok(waiting.length <= MAX_BLOCKS_IN_FLIGHT);
      for (const hash of waiting.splice(0, 10)) world.chain.store(hash);
    }
    assert.deepEqual(handedOver, chain.stored);
  });

  test("an owner with room for three gets three, and the next ones when it is asked again", () => {
    const world = new SyncWorld();
    const chain = chainOf(60);
    let undecided = 0;
    world.chain.room = 3;
    world.take = ({ hash }) => {
      world.chain.store(hash);
      undecided += 1;
      world.chain.room -= 1;
      return [];
    };
    world.connect("a", honest(chain));
    for (let stored = 0; stored < 60; stored += 3) {
      world.run(1_000);
      assert.deepEqual([undecided, world.chain.stored.length], [3, stored + 3]);
      undecided = 0;
      world.chain.room = 3;
      world.perform(world.flow.tick(world.nowMs));
    }
    assert.deepEqual(world.chain.stored, chain.stored);
    assert.ok(world.requests < 20, `${world.requests} requests`);
  });
});

describe("hostile peers", () => {
  const hostile: Record<string, (chain: FakeChain) => Behaviour> = {
    silent: () => () => "silence",
    "silent after the status": (chain) => (protocol, payload) =>
      protocol === "status" ? honest(chain)(protocol, payload) : "silence",
    "silent about blocks": (chain) => but(chain, "blocks", () => "silence"),
    "without blocks": (chain) => but(chain, "blocks", () => ({ frames: [] })),
    broken: (chain) => but(chain, "blocks", () => ({ error: "stream reset" })),
    "sending garbage for blocks": (chain) => but(chain, "blocks", () => ({ frames: [new Uint8Array(90)] })),
    "sending short garbage": (chain) => but(chain, "blocks", () => ({ frames: [new Uint8Array(3)] })),
    "sending garbage for headers": (chain) => but(chain, "headers", () => ({ frames: [new Uint8Array(7)] })),
    "sending garbage for the status": (chain) => but(chain, "status", () => ({ frames: [new Uint8Array(7)] })),
    "sending no headers": (chain) => but(chain, "headers", () => ({ frames: [encodeHeaders([])] })),
    "sending nothing at all": (chain) => but(chain, "headers", () => ({ frames: [] })),
    "sending strange headers": (chain) =>
      but(chain, "headers", () => ({ frames: [encodeHeaders(headersOn("ab".repeat(32) as BlockHash, 9))] })),
    "sending invalid headers": (chain) =>
      but(chain, "headers", () => ({ frames: [encodeHeaders(headersOn(FakeChain.genesis, 9, 9, INVALID_BITS))] })),
    "sending more than asked": (chain) =>
      but(chain, "blocks", (payload) => {
        const blocks = decodeGetBlocks(payload).map((hash) => chain.blockBytes(hash) ?? new Uint8Array(0));
        return { frames: [...blocks, ...blocks] };
      }),
  };

  for (const [name, behaviour] of Object.entries(hostile)) {
    test(`${name}: the chain arrives from the honest peer, in good time`, () => {
      const world = new SyncWorld();
      const chain = chainOf(300);
      // The liar claims most work, so that it is asked first.
      const claiming: Behaviour = (protocol, payload) => {
        const result = behaviour(chain)(protocol, payload);
        if (protocol !== "status" || result === "silence" || "error" in result || result.frames[0]?.length === 7)
          return result;
        return { frames: [encodeStatus({ ...chain.status(), chainWork: 1_000_000n })] };
      };
      for (const liar of ["x", "y", "z"]) world.connect(liar, claiming);
      world.connect("honest", honest(chain));
      assert.ok(world.run(60_000, synced(world, chain)), "not in sync after a minute");
      assert.equal(world.points.get("honest") ?? 0, 0);
      assert.ok(!world.dropped.has("honest"));
      const { nowMs } = world;
      assert.ok(nowMs <= 45_000, `${nowMs} ms`);
    });
  }

  test("a peer of another chain is sent away with the reason", () => {
    const world = new SyncWorld();
    const other = chainOf(3);
    world.connect(
      "a",
      but(other, "status", () => ({
        frames: [encodeStatus({ ...other.status(), genesisHash: "ab".repeat(32) as BlockHash })],
      })),
    );
    world.run(100);
    assert.deepEqual([...world.dropped], ["a"]);
    assert.equal(world.chain.entries.size, 1);
  });

  test("a peer that claims more than it shows is dropped, not asked for ever", () => {
    const world = new SyncWorld();
    const chain = chainOf(5);
    world.connect(
      "a",
      but(chain, "status", () => ({
        frames: [encodeStatus({ ...chain.status(), chainWork: 10n ** 30n })],
      })),
    );
    world.run(120_000);
    assert.ok(world.dropped.has("a"));
    assert.ok(world.requests < 50, `${world.requests} requests`);
  });

  test("an endless branch of little work ends with the peer", () => {
    const world = new SyncWorld(chainOf(10));
    const parents: BlockHash[] = [FakeChain.genesis];
    let sent = 0;
    const endless: Behaviour = (protocol, payload) => {
      if (protocol === "status") {
        return { frames: [encodeStatus({ ...world.chain.status(), chainWork: 10n ** 30n })] };
      }
      if (protocol !== "headers") return honest(world.chain)(protocol, payload);
      const headers = headersOn(parents.at(-1) ?? FakeChain.genesis, 2_000, 66, 0);
      parents.push(blockHashOf(headers.at(-1) ?? headers[0] ?? assert.fail()));
      sent += headers.length;
      return { frames: [encodeHeaders(headers)] };
    };
    world.connect("a", endless);
    world.run(120_000);
    assert.ok(world.dropped.has("a"));
    assert.ok(sent <= MAX_LOW_WORK_HEADERS + 2_000, `${sent} headers`);
  });

  test("a withheld block is asked of others after two seconds, of so many at a time, and for ever but seldom", () => {
    const world = new SyncWorld();
    const chain = chainOf(20);
    const asked: number[] = [];
    for (const peer of ["a", "b", "c", "d", "e"]) {
      world.connect(
        peer,
        but(chain, "blocks", () => {
          asked.push(world.nowMs);
          return "silence";
        }),
      );
    }
    world.run(14_000);
    assert.equal(asked.length, 5, "every peer owes a share, three of them the first block");
    assert.ok((asked[2] ?? 0) >= BLOCK_STALL_MS);
    world.run(600_000);
    assert.ok(asked.length < 500, `${asked.length} requests`);
  });

  test("a mutated body is fetched again from someone else", () => {
    const world = new SyncWorld();
    const chain = chainOf(1);
    const mutated = but(chain, "blocks", (payload) => ({
      frames: decodeGetBlocks(payload).map((hash) => Uint8Array.from([...(chain.blockBytes(hash) ?? []), 1])),
    }));
    world.take = (effect) => {
      if (effect.bytes.length === bodyOf(chain.tip.header).length) world.chain.store(effect.hash);
      else return world.flow.bodyRejected(effect.peer, effect.hash, world.nowMs);
      return [];
    };
    world.connect("bad", mutated);
    world.run(50);
    world.connect("good", honest(chain));
    assert.ok(world.run(1_000, synced(world, chain)));
  });

  test("late, repeated and unknown answers are nobody's", () => {
    const { flow } = new SyncWorld();
    const [ask] = flow.peerConnected("a", 0);
    assert.ok(ask?.kind === "request");
    assert.notDeepEqual(flow.response(ask.requestId, { error: "x" }, 1), []);
    assert.deepEqual(flow.response(ask.requestId, { error: "x" }, 2), []);
    assert.deepEqual(flow.response(12_345, { frames: [] }, 3), []);
  });
});

test("whatever peers come, go and lie, the best chain of an honest one arrives and the bounds hold", () => {
  const liar = fc.constantFrom<RequestResult | "silence">(
    "silence",
    { error: "reset" },
    { frames: [] },
    { frames: [new Uint8Array(81)] },
    { frames: [encodeHeaders([])] },
    { frames: [encodeHeaders(headersOn(FakeChain.genesis, 3, 77))] },
  );
  const plan = fc.record({
    length: fc.integer({ min: 1, max: 150 }),
    liars: fc.array(fc.array(liar, { minLength: 1, maxLength: 6 }), { maxLength: 4 }),
    leaving: fc.array(fc.nat(3_000), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(plan, ({ length, liars, leaving }) => {
      const world = new SyncWorld();
      const chain = chainOf(length);
      for (const [i, answers] of liars.entries()) {
        let turn = 0;
        world.connect(`liar${i}`, (protocol, payload) => {
          const answer = answers[turn++ % answers.length] ?? "silence";
          return turn % 2 === 1 && protocol === "status" ? honest(chain)(protocol, payload) : answer;
        });
      }
      world.connect("honest", honest(chain));
      for (const [i, afterMs] of leaving.toSorted((a, b) => a - b).entries()) {
        world.run(Math.max(0, afterMs - world.nowMs));
        world.disconnect(`liar${i}`);
      }
      assert.ok(world.run(120_000, synced(world, chain)));
      assert.ok(!world.dropped.has("honest"));
      assert.ok(world.mostOwed <= MAX_BLOCKS_IN_FLIGHT * MAX_SOURCES_PER_BLOCK);
      assert.ok(world.requests < 2_000);
    }),
    { numRuns: 60 },
  );
});
