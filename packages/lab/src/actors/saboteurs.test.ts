import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Command } from "../world/command.ts";
import { censoringMiner } from "./censoring-miner.ts";
import { balanceAttacker, eclipseAttacker } from "./eclipse-attacker.ts";
import { federation } from "./federation.ts";
import { goldfinger } from "./goldfinger.ts";
import { infiltrator } from "./infiltrator.ts";
import { partitioner } from "./partitioner.ts";
import { tinyScenario } from "./testing/tiny-scenario.ts";
import { TinyWorld } from "./testing/tiny-world.ts";
import { timeLiar, timewarpMiner } from "./time-liar.ts";

const SUBSIDY = 5_000_000_000;
const scenario = tinyScenario({
  nodes: { shop: 0, honest: 0.7, mallory: 0.3 },
  wallets: { till: "shop", purse: "mallory" },
  links: [
    ["shop", "honest"],
    ["shop", "mallory"],
    ["honest", "mallory"],
  ],
});
const NODES = ["shop", "honest", "mallory"];

function play(world: TinyWorld, finders: readonly string[]): void {
  for (const finder of finders) world.mine(finder);
}

function kinds(world: TinyWorld): Command["kind"][] {
  return world.commands.map(({ kind }) => kind);
}

const withCensor = (options: object): TinyWorld => {
  const world = new TinyWorld(NODES);
  world.play(censoringMiner, { node: "mallory", payments: ["bill"], ...options }, scenario);
  world.command({ kind: "pay", payment: "bill", from: "purse", to: "till", amount: 5n });
  return world;
};

describe("censoring miner", () => {
  it("tells its node what to leave out, once", () => {
    const world = withCensor({});
    play(world, ["honest", "honest"]);
    assert.deepEqual(world.commands, [{ kind: "mining-policy", node: "mallory", censor: ["coin1:pay"] }]);
    assert.equal(world.result()["confirmed"], 1);
  });

  it("as a feather fork mines against a block with the payment and can win", () => {
    const world = withCensor({ feather: 3 });
    play(world, ["honest", "mallory", "mallory"]);
    assert.equal(world.views.miner(world.views.tip("shop").hash), "mallory");
    const { forks, orphaned, givenUp, confirmed } = world.result();
    assert.deepEqual([forks, orphaned, givenUp, confirmed], [1, 1, 0, 0]);
  });

  it("gives a block in when it is too far behind, and does not fight it again", () => {
    const world = withCensor({ feather: 3 });
    play(world, ["honest", "mallory", "honest", "honest", "honest", "honest"]);
    const { forks, givenUp, costSatoshis, confirmed } = world.result();
    assert.deepEqual([forks, givenUp, costSatoshis, confirmed], [1, 1, SUBSIDY, 1]);
    assert.equal(world.done(), true);
  });

  it("leaves blocks without the payment alone", () => {
    const world = new TinyWorld(NODES);
    world.play(censoringMiner, { node: "mallory", payments: ["bill"], feather: 3 }, scenario);
    play(world, ["honest", "honest"]);
    assert.deepEqual(world.commands, []);
  });
});

describe("goldfinger", () => {
  it("waits until there is enough to rewrite, then rewrites just that", () => {
    const world = new TinyWorld(NODES);
    world.play(goldfinger, { node: "mallory", target: "shop", depth: 2 }, scenario);
    world.mine("honest");
    assert.deepEqual(kinds(world), []);
    play(world, ["honest", "mallory", "mallory"]);
    assert.equal(world.published(), 0);
    world.mine("mallory");
    const { succeeded, depth, blocksMined, costSatoshis } = world.result();
    assert.deepEqual([succeeded, depth, blocksMined, costSatoshis], [true, 2, 3, 3 * SUBSIDY]);
  });

  it("gives up on a target that refuses", () => {
    const world = new TinyWorld(NODES, (miner) => (miner === "mallory" ? [] : NODES));
    world.play(goldfinger, { node: "mallory", target: "shop", depth: 1, persist: 1 }, scenario);
    play(world, ["honest", "mallory", "mallory", "mallory", "mallory"]);
    assert.equal(world.done(), true);
    assert.equal(world.result()["succeeded"], false);
  });
});

describe("infiltrator", () => {
  it("works on every new tip, keeps what it finds, and is paid for its shares", () => {
    const pools = tinyScenario({ nodes: { pool: 0.3, home: 0.2, spy: 0.2, rest: 0.3 } });
    const world = new TinyWorld(["pool", "home", "spy", "rest"]);
    world.play(infiltrator, { node: "spy", pool: "pool", home: "home", blocks: 4 }, pools);
    play(world, ["pool", "spy", "pool", "spy", "spy", "home", "rest"]);
    assert.equal(world.done(), true);
    const { discarded, poolBlocks, homeBlocks, attackerRevenue, poolRevenue } = world.result();
    assert.deepEqual([discarded, poolBlocks, homeBlocks], [3, 2, 1]);
    assert.ok(Math.abs(Number(attackerRevenue) - (1 + 2 * 0.4) / 4) < 1e-12);
    assert.ok(Math.abs(Number(poolRevenue) - (2 * 0.6) / 4) < 1e-12);
    const { expectedPoolRevenue, expectedAttackerRevenue } = world.result();
    assert.ok(Math.abs(Number(expectedPoolRevenue) - 0.225) < 1e-12);
    assert.ok(Math.abs(Number(expectedAttackerRevenue) - 0.4) < 1e-12);
  });
});

describe("eclipse attacker", () => {
  const options = {
    wallet: "purse",
    victim: "till",
    inside: "mallory",
    outside: ["honest"],
    conflictAt: "honest",
    amount: "1 btc",
    confirmations: 1,
  };
  /** The victim and the attacker hear of each other only, until links are up again. */
  const start = (): TinyWorld => {
    const world = new TinyWorld(NODES, (miner) => (miner === "honest" ? ["honest"] : ["shop", "mallory"]));
    world.play(eclipseAttacker, options, scenario);
    return world;
  };

  it("cuts every link to the outside, pays inside and spends outside", () => {
    const world = start();
    assert.deepEqual(world.commands.slice(0, 2), [
      { kind: "link", between: ["shop", "honest"], up: false },
      { kind: "link", between: ["honest", "mallory"], up: false },
    ]);
    assert.deepEqual(kinds(world).slice(2), ["pay", "announce", "double-spend"]);
    assert.deepEqual(world.commands.at(-1)?.kind === "double-spend" && world.commands.at(-1), {
      kind: "double-spend",
      payment: "actor.refund",
      of: "actor.pay",
      into: { mempoolOf: "honest" },
    });
  });

  it("lets go when the victim has delivered and the outside is ahead, and then has both", () => {
    const world = start();
    play(world, ["shop", "honest"]);
    assert.equal(kinds(world).filter((kind) => kind === "link").length, 2);
    const outside = world.mine("honest");
    assert.deepEqual(world.commands.at(-1), {
      kind: "link",
      between: ["honest", "mallory"],
      up: true,
      latencyMs: 50,
    });
    world.deliver("shop", outside);
    const { stole, depth, insideBlocks, outsideBlocks } = world.result();
    assert.deepEqual([stole, depth, insideBlocks, outsideBlocks], [true, 1, 1, 2]);
  });
});

describe("balance attacker", () => {
  it("delays messages between the groups and gives the links back", () => {
    const world = new TinyWorld(NODES, (miner) => (miner === "shop" ? ["shop"] : ["honest", "mallory"]));
    const groups = { node: "mallory", theirs: ["shop"], ours: ["honest"], delay: "1h", confirmations: 1 };
    world.play(balanceAttacker, { wallet: "purse", victim: "till", amount: "1 btc", ...groups }, scenario);
    assert.deepEqual(world.commands[0], { kind: "link", between: ["shop", "honest"], latencyMs: 3_600_000 });
    play(world, ["shop", "mallory"]);
    const ahead = world.mine("honest");
    assert.deepEqual(world.commands.at(-1)?.kind, "link");
    world.deliver("shop", ahead);
    assert.equal(world.result()["stole"], true);
  });
});

describe("partitioner", () => {
  it("cuts at its time and heals after it", () => {
    const world = new TinyWorld(NODES);
    world.play(partitioner, { groups: [["shop"], ["honest"]], after: "1m", duration: "10m" }, scenario);
    world.pass(60_000);
    assert.deepEqual(world.commands, [{ kind: "partition", groups: [["shop"], ["honest"]] }]);
    world.pass(600_000);
    assert.deepEqual(kinds(world), ["partition", "heal"]);
    const { healed, cutMs } = world.result();
    assert.deepEqual([healed, cutMs], [true, 600_000]);
  });

  it("or when each side has its blocks, and counts the reorganisation that follows", () => {
    const world = new TinyWorld(NODES, (miner) => (miner === "shop" ? ["shop"] : ["honest", "mallory"]));
    world.play(partitioner, { groups: [["shop"], ["honest"]], blocks: 1 }, scenario);
    world.pass(0);
    world.mine("honest");
    assert.equal(world.done(), false);
    world.mine("shop");
    assert.equal(world.done(), true);
    world.deliver("shop", world.mine("honest"));
    const { blocks, depth, reorganised } = world.result();
    assert.deepEqual([blocks, depth, reorganised], [[1, 1], 1, 1]);
  });
});

describe("time liar", () => {
  it("moves its clock when told to", () => {
    const world = new TinyWorld(NODES);
    world.play(timeLiar, { node: "mallory", offset: "+3h", after: "1m" }, scenario);
    assert.deepEqual(world.commands, []);
    world.pass(60_000);
    assert.deepEqual(world.commands, [{ kind: "clock", node: "mallory", offsetSeconds: 10_800 }]);
    world.mine("mallory");
    assert.equal(world.result()["mined"], 1);
  });
});

describe("timewarp miner", () => {
  it("dates blocks one second after the median, and truly at the end of a period", () => {
    const world = new TinyWorld(NODES);
    world.play(timewarpMiner, { node: "mallory", period: 104, blocks: 5 }, scenario);
    const offsets: number[] = [];
    for (let found = 0; found < 5; found++) {
      world.pass(600_000);
      world.mine("mallory");
      const last = world.commands.at(-1);
      if (last?.kind === "clock") offsets.push(last.offsetSeconds);
    }
    // Headers here carry the world's time. Blocks 101 to 105; 103 = 104 - 1 ends a period.
    assert.deepEqual(offsets, [0, 0, -599, -599, 0]);
    assert.equal(world.done(), true);
    assert.equal(world.result()["easier"], 1);
  });
});

describe("federation", () => {
  const options = { signers: ["shop", "honest", "mallory"], threshold: 2, protects: ["shop"] };

  it("locks a block that enough signers have, once", () => {
    const world = new TinyWorld(NODES);
    world.play(federation, options, scenario);
    const hash = world.mine("honest");
    assert.deepEqual(world.commands, [{ kind: "lock", node: "shop", block: { hash, height: 101 } }]);
    const { locked, highestLocked, split } = world.result();
    assert.deepEqual([locked, highestLocked, split], [1, 101, 0]);
  });

  it("signs one block a height: a later one gets no signature, whatever its work", () => {
    const world = new TinyWorld(NODES, (miner) => (miner === "mallory" ? [] : ["shop", "honest"]));
    world.play(federation, options, scenario);
    const first = world.mine("honest");
    world.mine("mallory");
    const longer = world.mine("mallory");
    world.deliver("shop", longer);
    world.deliver("honest", longer);
    const locks = world.commands.filter((command) => command.kind === "lock");
    assert.deepEqual(
      locks.map(({ block }) => block.height),
      [101, 102],
    );
    assert.equal(locks[0]?.block.hash, first);
  });

  it("waits for its delay, and does not sign what is gone by then", () => {
    const world = new TinyWorld(NODES, (miner) => (miner === "mallory" ? [] : ["shop", "honest"]));
    world.play(federation, { ...options, threshold: 3, delay: "10s" }, scenario);
    world.mine("honest");
    assert.deepEqual(world.commands, []);
    world.mine("mallory");
    world.deliver("shop", world.mine("mallory"));
    world.pass(10_000);
    // The honest node signs its block at height 101; the two others have left it, or never had it, and sign another one.
    const { locked, split } = world.result();
    assert.deepEqual([locked, split], [0, 1]);
  });

  it("cannot ask for more signatures than there are signers", () => {
    const world = new TinyWorld(NODES);
    assert.throws(() => world.play(federation, { ...options, threshold: 4 }, scenario), /at most all of them/);
  });
});
