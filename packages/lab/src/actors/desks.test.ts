import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ActorKind } from "../run/actor-kind.ts";
import { exchange } from "./exchange.ts";
import { merchant } from "./merchant.ts";
import { tinyScenario } from "./testing/tiny-scenario.ts";
import { START, TinyWorld } from "./testing/tiny-world.ts";

const scenario = tinyScenario({ nodes: { shop: 0, miner: 1, rival: 0 }, wallets: { till: "shop", purse: "miner" } });
const COIN = 100_000_000;

/** A payment to the till that the miner sees; `rival` mines a branch without it when told to. */
function worldWith(kind: ActorKind, options: object): TinyWorld {
  const world = new TinyWorld(["shop", "miner", "rival"]);
  world.play(kind, { wallet: "till", ...options }, scenario);
  world.command({ kind: "pay", payment: "bill", from: "purse", to: "till", amount: BigInt(COIN) });
  return world;
}

/** The payment is taken back: a longer branch holds the same coins spent otherwise. */
function reverse(world: TinyWorld, length: number): void {
  world.command({ kind: "withhold", node: "rival", branch: "b", fork: START });
  world.command({ kind: "double-spend", payment: "refund", of: "bill", into: { branch: "b" } });
  for (let found = 0; found < length; found++) world.mine("rival");
  world.command({ kind: "publish", node: "rival", branch: "b" });
}

describe("merchant", () => {
  it("hands over at so many confirmations, not before", () => {
    const world = worldWith(merchant, { confirmations: 2 });
    world.mine("miner");
    assert.equal(world.result()["accepted"], 0);
    world.mine("miner");
    assert.deepEqual(world.result(), {
      deposits: 1,
      accepted: 1,
      acceptedSatoshis: COIN,
      firstAcceptedHeight: 102,
      reversed: 0,
      reversedSatoshis: 0,
      lossSatoshis: 0,
    });
    assert.match(world.notes[0] ?? "", /goods over for bill/);
  });

  it("without confirmations hands over on sight", () => {
    assert.equal(worldWith(merchant, { confirmations: 0 }).result()["accepted"], 1);
  });

  it("loses what was reversed after it was accepted", () => {
    const world = worldWith(merchant, { confirmations: 1 });
    world.mine("miner");
    reverse(world, 2);
    const { reversed, lossSatoshis } = world.result();
    assert.deepEqual([reversed, lossSatoshis], [1, COIN]);
  });

  it("loses nothing by what was reversed before", () => {
    const world = worldWith(merchant, { confirmations: 3 });
    world.mine("miner");
    reverse(world, 2);
    const { accepted, lossSatoshis } = world.result();
    assert.deepEqual([accepted, lossSatoshis], [0, 0]);
  });

  it("does not count what others are paid", () => {
    const world = worldWith(merchant, { confirmations: 0 });
    world.command({ kind: "pay", payment: "other", from: "till", to: "purse", amount: 5n });
    assert.equal(world.result()["deposits"], 1);
  });
});

describe("exchange", () => {
  it("lets the withdrawal go when the deposit is credited, and then it is lost", () => {
    const world = worldWith(exchange, { confirmations: 1 });
    world.mine("miner");
    reverse(world, 2);
    const { withdrawnSatoshis, lossSatoshis, savedSatoshis } = world.result();
    assert.deepEqual([withdrawnSatoshis, lossSatoshis, savedSatoshis], [COIN, COIN, 0]);
  });

  it("saves what was reversed before the withdrawal left", () => {
    const world = worldWith(exchange, { confirmations: 1, withdrawAfter: "1h" });
    world.mine("miner");
    assert.equal(world.done(), false);
    reverse(world, 2);
    world.pass(3_600_000);
    assert.equal(world.done(), true);
    const { withdrawnSatoshis, lossSatoshis, savedSatoshis } = world.result();
    assert.deepEqual([withdrawnSatoshis, lossSatoshis, savedSatoshis], [0, 0, COIN]);
  });

  it("stops at a deep reorganisation", () => {
    const world = worldWith(exchange, { confirmations: 6, haltOnReorg: 2 });
    for (let found = 0; found < 2; found++) world.mine("miner");
    reverse(world, 3);
    assert.equal(world.result()["halted"], true);
  });
});
