import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { strictProbability } from "../odds/strict.ts";
import { doubleSpender } from "./double-spender.ts";
import { finneyAttacker } from "./finney-attacker.ts";
import { raceAttacker } from "./race-attacker.ts";
import { tinyScenario } from "./testing/tiny-scenario.ts";
import { TinyWorld } from "./testing/tiny-world.ts";
import { vector76Attacker } from "./vector76-attacker.ts";

const SUBSIDY = 5_000_000_000;
const NODES = ["shop", "honest", "thief"];
const scenario = tinyScenario({
  nodes: { shop: 0, honest: 0.7, thief: 0.3 },
  wallets: { till: "shop", purse: "thief" },
  actors: [{ name: "counter", kind: "merchant", options: { wallet: "till", confirmations: 2 } }],
});
const theft = { wallet: "purse", victim: "till", amount: "3 btc" };

function play(world: TinyWorld, finders: readonly string[]): void {
  for (const finder of finders) world.mine(finder);
}

const withDoubleSpender = (options: object = {}): TinyWorld => {
  const world = new TinyWorld(NODES);
  world.play(doubleSpender, { ...theft, ...options }, scenario);
  return world;
};

describe("double spender", () => {
  it("opens its branch before it pays, and puts the conflicting transaction into it", () => {
    const { commands } = withDoubleSpender();
    assert.deepEqual(
      commands.map(({ kind }) => kind),
      ["withhold", "pay", "double-spend"],
    );
    assert.deepEqual(commands[2], {
      kind: "double-spend",
      payment: "actor.refund-1",
      of: "actor.pay-1",
      into: { branch: "actor.branch-1" },
    });
  });

  it("publishes when the merchant has its confirmations and it is ahead, not before", () => {
    const world = withDoubleSpender();
    play(world, ["thief", "thief", "thief", "honest"]);
    assert.equal(world.published(), 0);
    world.mine("honest");
    assert.equal(world.published(), 3);
    assert.equal(world.done(), true);
    const { stole, gainSatoshis, costSatoshis, lostBlocks } = world.result();
    assert.deepEqual([stole, gainSatoshis, costSatoshis, lostBlocks], [true, 300_000_000, 0, 0]);
  });

  it("does not publish on a draw: the first seen would stay", () => {
    const world = withDoubleSpender();
    play(world, ["honest", "honest", "thief", "thief"]);
    assert.equal(world.published(), 0);
    world.mine("thief");
    assert.equal(world.result()["stole"], true);
  });

  it("gives up when it is too far behind, and counts its blocks as cost", () => {
    const world = withDoubleSpender({ giveUpBehind: 3, rounds: 2 });
    play(world, ["thief", "honest", "honest", "honest", "honest"]);
    const { rounds, successes, lostBlocks, costSatoshis, profitSatoshis } = world.result();
    assert.deepEqual([rounds, successes, lostBlocks, costSatoshis], [1, 0, 1, SUBSIDY]);
    assert.equal(profitSatoshis, -SUBSIDY);
    assert.equal(world.commands.filter(({ kind }) => kind === "withhold").length, 2);
  });

  it("mines ahead before it pays, and begins anew when others were first", () => {
    const world = withDoubleSpender({ preMined: 1 });
    assert.equal(
      world.commands.some(({ kind }) => kind === "pay"),
      false,
    );
    play(world, ["honest", "thief"]);
    const kinds = world.commands.map(({ kind }) => kind);
    assert.deepEqual(kinds, ["withhold", "abandon", "withhold", "pay", "double-spend"]);
  });

  it("publishes at an exact depth, whether or not the victim has accepted", () => {
    const world = withDoubleSpender({ releaseAtDepth: 1 });
    play(world, ["thief", "thief"]);
    assert.equal(world.published(), 0);
    world.mine("honest");
    assert.equal(world.published(), 2);
    const { rounds, stole } = world.result();
    assert.deepEqual([rounds, stole], [1, false]);
  });

  it("notices that a published branch is refused, and stops", () => {
    const world = new TinyWorld(NODES, (miner) => (miner === "thief" ? [] : NODES));
    world.play(doubleSpender, { ...theft, persist: 1 }, scenario);
    play(world, ["honest", "honest", "thief", "thief", "thief", "thief", "thief"]);
    const { resisted, stole, lostBlocks } = world.result();
    assert.deepEqual([resisted, stole, lostBlocks], [1, false, 5]);
  });

  it("tells why it could not pay", () => {
    const world = new TinyWorld(NODES);
    world.refuse.add("pay");
    world.play(doubleSpender, theft, scenario);
    assert.equal(world.done(), true);
    assert.equal(world.result()["failed"], "pay: not here");
  });

  it("holds its rounds against the formula for its share", () => {
    const world = withDoubleSpender({ giveUpBehind: 2, rounds: 1 });
    play(world, ["honest", "honest"]);
    const { expectedSuccessRate, deviationSigmas } = world.result();
    const p = strictProbability(0.3, 2);
    assert.equal(expectedSuccessRate, p);
    assert.equal(deviationSigmas, -p / Math.sqrt(p * (1 - p)));
  });
});

describe("race attacker", () => {
  it("wins when the shop saw the payment and the miners the other transaction", () => {
    const world = new TinyWorld(NODES);
    world.play(raceAttacker, { ...theft, conflictAt: "honest" }, scenario);
    assert.deepEqual(
      world.commands.map(({ kind }) => kind),
      ["pay", "double-spend", "announce", "announce"],
    );
    play(world, ["honest", "honest"]);
    const { successes, seen } = world.result();
    assert.deepEqual([successes, seen], [1, 1]);
  });

  it("loses when the payment is mined", () => {
    const world = new TinyWorld(NODES);
    world.play(raceAttacker, { ...theft, conflictAt: "honest" }, scenario);
    play(world, ["shop", "honest"]);
    const { successes, rounds } = world.result();
    assert.deepEqual([successes, rounds], [0, 1]);
  });
});

const withFinney = (): TinyWorld => {
  const world = new TinyWorld(NODES);
  world.play(finneyAttacker, theft, scenario);
  return world;
};

const announced = (world: TinyWorld): boolean => world.commands.some(({ kind }) => kind === "announce");

describe("Finney attacker", () => {
  it("pays only once it has the block, and then publishes it", () => {
    const world = withFinney();
    assert.equal(announced(world), false);
    world.mine("thief");
    assert.equal(announced(world), true);
    assert.equal(world.published(), 1);
    world.mine("honest");
    const { successes, tries } = world.result();
    assert.deepEqual([successes, tries], [1, 1]);
  });

  it("begins another block when others were first, and has paid nothing", () => {
    const world = withFinney();
    world.mine("honest");
    assert.equal(announced(world), false);
    const { tries, rounds } = world.result();
    assert.deepEqual([tries, rounds], [2, 0]);
  });
});

/** Blocks of the honest miner reach the shop late. */
const withVector76 = (): TinyWorld => {
  const world = new TinyWorld(NODES, (miner) => (miner === "honest" ? ["thief", "honest"] : NODES));
  world.play(vector76Attacker, { ...theft, conflictAt: "honest" }, scenario);
  return world;
};

describe("vector76 attacker", () => {
  it("shows its block when another is found, and the conflict to the miners", () => {
    const world = withVector76();
    assert.equal(world.published(), 0);
    const public1 = world.mine("honest");
    assert.equal(world.published(), 1);
    world.deliver("shop", public1);
    assert.equal(world.views.miner(world.views.tip("shop").hash), "thief");
    world.deliver("shop", world.mine("honest"));
    const { accepted, successes, gainSatoshis, costSatoshis } = world.result();
    assert.deepEqual([accepted, successes, gainSatoshis, costSatoshis], [1, 1, 300_000_000, SUBSIDY]);
  });

  it("loses when the network builds on its block", () => {
    const world = withVector76();
    world.mine("honest");
    world.mine("shop");
    const { accepted, successes } = world.result();
    assert.deepEqual([accepted, successes], [1, 0]);
  });
});
