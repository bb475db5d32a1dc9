import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type BlockHeader, blockHashOf } from "@forkyard/core/header";
import { MAX_HEADERS_PER_MESSAGE, MAX_PRESYNC_ANSWERS } from "../limits.ts";
import { FakeChain, headersOn } from "../testing/fake-chain.ts";
import { type Behaviour, honest, SyncWorld } from "../testing/sync-world.ts";
import { decodeGetHeaders } from "../wire/get-headers.ts";
import { encodeHeaders } from "../wire/headers.ts";
import { HeaderPresync } from "./header-presync.ts";

const chainOf = (length: number, bits = 1, nonce = 0): FakeChain =>
  new FakeChain().extend(headersOn(FakeChain.genesis, length, nonce, bits));

/** A world that stores no chain with less work than this. */
function demanding(least: bigint): SyncWorld {
  const world = new SyncWorld();
  world.chain.least = least;
  return world;
}

describe("a chain that begins with too little work", () => {
  test("is fetched twice when it is enough in the end, and only the second time stored", () => {
    const world = demanding(5_000n);
    const chain = chainOf(6_500);
    let mostBeforeEnough = 0;
    const good = honest(chain);
    const passes: number[] = [];
    world.connect("a", (protocol, payload) => {
      if (protocol === "headers") {
        const from = decodeGetHeaders(payload).locator[0];
        passes.push(from === FakeChain.genesis ? 0 : 1);
        if (passes.length <= 3) mostBeforeEnough = Math.max(mostBeforeEnough, world.chain.entries.size);
      }
      return good(protocol, payload);
    });
    assert.ok(world.run(60_000, () => world.chain.tip.hash === chain.tip.hash));
    assert.equal(mostBeforeEnough, 1, "nothing but genesis while the work was counted");
    assert.equal(passes.filter((pass) => pass === 0).length, 2, "begun twice");
    assert.deepEqual([...world.points], []);
  });

  test("costs nothing and leaves nothing when it ends with too little", () => {
    const world = demanding(50_000n);
    const flood = chainOf(9_000);
    world.connect("flood", honest(flood));
    world.run(20_000);
    assert.equal(world.chain.entries.size, 1);
  });

  test("does not hold up what an honest peer has", () => {
    const world = demanding(50_000n);
    const endless = chainOf(40_000);
    const best = chainOf(100, 1_000, 7);
    const claim: Behaviour = (protocol, payload) => {
      if (protocol === "status") return honest(best)("status", payload);
      return honest(endless)(protocol, payload);
    };
    world.connect("endless", claim);
    world.run(5);
    world.connect("honest", honest(best));
    assert.ok(world.run(1_000, () => world.chain.tip.hash === best.tip.hash));
    assert.equal(world.chain.entries.size, 101);
  });

  test("that is another one the second time ends the connection", () => {
    const world = demanding(5_000n);
    const [first, second] = [chainOf(6_500), chainOf(6_500, 1, 9)];
    let asked = 0;
    world.connect("liar", (protocol, payload) => {
      if (protocol === "headers") asked += 1;
      return honest(protocol === "headers" && asked > 3 ? second : first)(protocol, payload);
    });
    world.run(10_000);
    assert.ok(world.dropped.has("liar"));
    assert.equal(world.chain.entries.size, 1);
  });

  test("whose headers do not follow one another ends the connection", () => {
    const world = demanding(5_000n);
    const chain = chainOf(3_000);
    const shuffled = headersOn(FakeChain.genesis, 10).with(5, headersOn(FakeChain.genesis, 6, 3)[5] as BlockHeader);
    world.connect("liar", (protocol, payload) =>
      protocol === "headers" ? { frames: [encodeHeaders(shuffled)] } : honest(chain)(protocol, payload),
    );
    world.run(10_000);
    assert.ok(world.dropped.has("liar"));
  });

  test("is not followed for ever", () => {
    const presync = new HeaderPresync(FakeChain.genesis, 1n);
    const answer = headersOn(FakeChain.genesis, 2);
    for (let i = 0; i < MAX_PRESYNC_ANSWERS; i++) assert.ok(presync.count(answer, 2n));
    assert.equal(presync.count(answer, 2n), false);
    assert.equal(presync.from, blockHashOf(answer[1] as BlockHeader));
  });
});

test("a short chain with too little work is not stored, and blames nobody at once", () => {
  const world = demanding(5_000n);
  world.connect("small", honest(chainOf(MAX_HEADERS_PER_MESSAGE - 1)));
  world.run(1_000);
  assert.deepEqual([world.chain.entries.size, world.dropped.size], [1, 0]);
});
