import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import type { Command } from "../command.ts";
import type { WorldEvent } from "../event.ts";
import { createSimWorld } from "./create-sim-world.ts";
import { RandomStream } from "./random/stream.ts";
import type { SimWorld } from "./sim-world.ts";
import { smallScenario } from "./testing/small-scenario.ts";

const NODES = { a: 0.4, b: 0.3, c: 0.2, d: 0.1 };
const WALLETS = [
  { name: "alice", node: "a", coins: 2_000_000_000n },
  { name: "bob", node: "b", coins: 1_000_000_000n },
];
const END_MS = 600_000;

/** Orders of every kind, at times and in an order that follow from a number. */
function trouble(world: SimWorld, number: number): void {
  const random = new RandomStream(`trouble ${number}`);
  const names = Object.keys(NODES);
  const node = (): string => names[random.below(names.length)] ?? "a";
  for (let order = 0; order < 12; order++) {
    const amount = BigInt(1_000_000 * (1 + random.below(50)));
    const commands: readonly Command[] = [
      { kind: "partition", groups: [names.slice(0, 2), names.slice(2)] },
      { kind: "heal" },
      { kind: "crash", node: node(), disk: random.uniform() < 0.3 ? "wipe" : "keep" },
      { kind: "stop", node: node() },
      ...names.map((name): Command => ({ kind: "start", node: name })),
      { kind: "pay", payment: `p${order}`, from: "alice", to: "bob", amount },
      { kind: "double-spend", payment: `q${order}`, of: `p${order - 1}`, into: { mempoolOf: node() } },
      { kind: "withhold", node: node(), branch: `s${order}`, fork: "tip" },
      { kind: "publish", node: node(), branch: `s${order - 1}` },
      { kind: "link", between: ["a", "b"], loss: 0.3, bytesPerSecond: 2_000 },
      { kind: "clock", node: node(), offsetSeconds: random.below(600) - 300 },
    ];
    const command = commands[random.below(commands.length)] as Command;
    world.after(random.uniform() * END_MS * 0.7, () => world.perform(command, () => {}));
  }
}

async function run(seed: number, number: number): Promise<{ readonly world: SimWorld; readonly events: WorldEvent[] }> {
  const world = await createSimWorld(smallScenario({ nodes: NODES, wallets: WALLETS }), {
    seed,
    failingDisks: number % 2 === 1,
  });
  const events: WorldEvent[] = [];
  world.onEvent((event) => events.push(event));
  trouble(world, number);
  await world.runUntil(() => false, END_MS);
  return { world, events };
}

const forbidden = (name: string) => (): never => {
  throw new Error(`${name} was used in a simulated world`);
};

describe("the same seed", () => {
  test("makes the same events, with crashes, partitions, payments and secret branches", async () => {
    for (const seed of [1, 2]) {
      const [first, second] = [await run(seed, 7), await run(seed, 7)];
      assert.ok(first.events.length > 100, `only ${first.events.length} events`);
      assert.deepEqual(first.events, second.events);
    }
    assert.notDeepEqual((await run(1, 7)).events, (await run(2, 7)).events);
  });

  test("needs no clock, timer or randomness of the machine", async () => {
    const world = await createSimWorld(smallScenario({ nodes: NODES, wallets: WALLETS }), { seed: 3 });
    trouble(world, 5);
    const saved = { now: Date.now, random: Math.random, timeout: globalThis.setTimeout, log: Math.log, exp: Math.exp };
    try {
      Date.now = forbidden("Date.now");
      Math.random = forbidden("Math.random");
      Math.log = forbidden("Math.log");
      Math.exp = forbidden("Math.exp");
      Object.assign(globalThis, { setTimeout: forbidden("setTimeout") });
      await world.runUntil(() => false, END_MS);
    } finally {
      Date.now = saved.now;
      Math.random = saved.random;
      Math.log = saved.log;
      Math.exp = saved.exp;
      Object.assign(globalThis, { setTimeout: saved.timeout });
    }
  });
});

describe("random worlds", () => {
  test("end with one tip, sound coins and one supply after everything is healed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), async (number) => {
        const { world } = await run(number, number);
        world.perform({ kind: "heal" }, () => {});
        for (const node of Object.keys(NODES)) {
          world.perform({ kind: "start", node }, () => {});
          world.perform({ kind: "clock", node, offsetSeconds: 0 }, () => {});
          world.perform({ kind: "hash-power", node, share: node === "a" ? 1 : 0 }, () => {});
          for (let order = 0; order < 12; order++)
            world.perform({ kind: "abandon", node, branch: `s${order}` }, () => {});
        }
        await world.runUntil(() => false, END_MS + 300_000);
        world.perform({ kind: "hash-power", node: "a", share: 0 }, () => {});
        await world.runUntil(() => false, END_MS + 360_000);
        const reports = new Set<string>();
        for (const name of world.hosts.keys()) {
          world.report(name, ({ tip, coins }) => void reports.add(`${tip.hash} ${coins.count} ${coins.total}`));
        }
        assert.equal(reports.size, 1, [...reports].join("; "));
      }),
      { numRuns: 12 },
    );
  });
});
