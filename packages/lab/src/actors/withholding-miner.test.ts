import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { selfishRevenue } from "../odds/selfish-revenue.ts";
import { optimalSelfishMiner, selfishMiner, stubbornMiner } from "./selfish-miner.ts";
import { tinyScenario } from "./testing/tiny-scenario.ts";
import { TinyWorld } from "./testing/tiny-world.ts";

/** Who finds the next block: the pool, or one of two honest miners, of whom the other one gets each block late. */
type Finder = "pool" | "ann" | "bob";

const scenario = tinyScenario({ nodes: { pool: 0.4, ann: 0.3, bob: 0.3 } });

/** Honest blocks reach the pool first and the other honest miner after the pool's answer: he follows the pool in a race. */
function play(world: TinyWorld, finder: Finder): void {
  const hash = world.mine(finder);
  if (finder !== "pool") world.deliver(finder === "ann" ? "bob" : "ann", hash);
}

function worldOf(): TinyWorld {
  return new TinyWorld(["pool", "ann", "bob"], (miner) => (miner === "pool" ? ["ann", "bob"] : ["pool"]));
}

/** Algorithm 1 of the paper, as its state machine with rewards: section 4.2. */
function paper(finders: readonly Finder[]): { readonly pool: number; readonly others: number } {
  let lead = 0;
  let race: Finder | undefined;
  let pool = 0;
  let others = 0;
  for (const finder of finders) {
    if (race !== undefined) {
      if (finder === "pool") pool += 2;
      else if (finder === race) others += 2;
      else {
        pool += 1;
        others += 1;
      }
      race = undefined;
    } else if (finder === "pool") lead += 1;
    else if (lead === 0) others += 1;
    else if (lead === 1) {
      lead = 0;
      race = finder;
    } else if (lead === 2) {
      pool += 2;
      lead = 0;
    } else {
      pool += 1;
      lead -= 1;
    }
  }
  return { pool, others };
}

describe("selfish miner", () => {
  it("does what the state machine of Eyal and Sirer does, whoever finds the blocks", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Finder>("pool", "ann", "bob"), { maxLength: 60 }), (finders) => {
        const world = worldOf();
        world.play(selfishMiner, { node: "pool" }, scenario);
        const played = settled(finders);
        for (const finder of played) play(world, finder);
        const { ownBlocks, blocks } = world.result();
        const { pool, others } = paper(played);
        assert.deepEqual([ownBlocks, blocks], [pool, pool + others]);
      }),
    );
  });

  it("publishes nothing while nobody else finds a block", () => {
    const world = worldOf();
    world.play(selfishMiner, { node: "pool" }, scenario);
    for (let found = 0; found < 3; found++) world.mine("pool");
    assert.deepEqual(
      world.commands.map(({ kind }) => kind),
      ["withhold"],
    );
  });

  it("publishes everything when others come within one block", () => {
    const world = worldOf();
    world.play(selfishMiner, { node: "pool" }, scenario);
    for (const finder of ["pool", "pool", "ann"] as const) play(world, finder);
    assert.equal(world.height("bob"), 102);
    assert.equal(world.views.miner(world.views.tip("ann").hash), "pool");
  });

  it("counts races and holds its share against the formula for what it saw", () => {
    const world = worldOf();
    world.play(selfishMiner, { node: "pool" }, scenario);
    for (const finder of ["pool", "ann", "bob", "pool", "bob", "bob"] as const) play(world, finder);
    const { races, gamma, alpha, expectedShare } = world.result();
    assert.deepEqual([races, gamma], [2, 0.5]);
    assert.equal(alpha, 2 / 6);
    assert.equal(expectedShare, selfishRevenue(2 / 6, 0.5));
  });

  it("stops after its blocks and mines in the open", () => {
    const world = worldOf();
    world.play(selfishMiner, { node: "pool", blocks: 2 }, scenario);
    for (const finder of ["ann", "bob", "pool", "ann"] as const) play(world, finder);
    assert.equal(world.done(), true);
    assert.equal(world.commands.at(-1)?.kind, "abandon");
    assert.equal(world.result()["blocks"], 2);
  });
});

/**
 * Of a lead of more than two the paper counts a block as soon as it is published, the chain later: enough honest blocks
 * behind them settle everything that is open.
 */
function settled(finders: readonly Finder[]): readonly Finder[] {
  return [...finders, ...finders.map((): Finder => "ann"), "ann", "ann"];
}

const stubbornAfter = (options: object, finders: readonly Finder[]): { world: TinyWorld; published: number } => {
  const world = worldOf();
  world.play(stubbornMiner, { node: "pool", ...options }, scenario);
  for (const finder of finders) play(world, finder);
  const publishes = world.commands.filter((command) => command.kind === "publish");
  return { world, published: publishes.reduce((sum, { blocks }) => sum + (blocks ?? 0), 0) };
};

describe("stubborn miner", () => {
  it("without stubbornness is selfish mining", () => {
    assert.equal(stubbornAfter({}, ["pool", "pool", "ann"]).published, 2);
    assert.equal(stubbornAfter({}, ["pool", "ann", "pool"]).published, 2);
  });

  it("lead: keeps the last block when others come within one", () => {
    assert.equal(stubbornAfter({ lead: true }, ["pool", "pool", "ann"]).published, 1);
    assert.equal(stubbornAfter({ lead: true }, ["pool", "pool", "ann", "ann"]).published, 2);
  });

  it("equal fork: keeps the block that would win a race", () => {
    assert.equal(stubbornAfter({ equalFork: true }, ["pool", "ann", "pool"]).published, 1);
  });

  it("trail: stays when it is behind, and publishes all when it gets ahead", () => {
    const withhold = (options: object): number =>
      stubbornAfter(options, ["ann"]).world.commands.filter(({ kind }) => kind === "withhold").length;
    assert.equal(withhold({}), 2);
    assert.equal(withhold({ trail: 1 }), 1);
    const { world, published } = stubbornAfter({ trail: 1 }, ["ann", "pool", "pool"]);
    assert.equal(published, 2);
    assert.equal(world.views.miner(world.views.tip("bob").hash), "pool");
  });
});

describe("optimal selfish miner", () => {
  it("never earns less than it settles, and goes on racing where SM1 gives in", () => {
    const world = worldOf();
    world.play(optimalSelfishMiner, { node: "pool", alpha: "45%", gamma: "50%", longestFork: 12 }, scenario);
    // Behind by one with 45%: the optimum for gamma 0.5 may trail; whatever it does, every command is allowed.
    for (const finder of ["pool", "ann", "ann", "pool", "pool", "pool", "bob", "bob"] as const) play(world, finder);
    const publishes = world.commands.filter(({ kind }) => kind === "publish");
    assert.ok(publishes.length > 0);
    assert.equal(typeof world.result()["share"], "number");
  });

  it("draws level and overtakes on random luck without asking for what it has not got", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Finder>("pool", "ann", "bob"), { maxLength: 60 }), (finders) => {
        const world = worldOf();
        world.play(optimalSelfishMiner, { node: "pool", alpha: "40%", gamma: "50%", longestFork: 8 }, scenario);
        for (const finder of finders) play(world, finder);
        const { blocks, ownBlocks } = world.result();
        assert.ok(Number(ownBlocks) <= Number(blocks));
        assert.ok(Number(blocks) <= finders.length);
      }),
      { numRuns: 50 },
    );
  });
});
