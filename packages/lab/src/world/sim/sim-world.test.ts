import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Command, CommandResult } from "../command.ts";
import type { WorldEvent } from "../event.ts";
import { createSimWorld } from "./create-sim-world.ts";
import type { SimWorld } from "./sim-world.ts";
import { type SmallScenario, smallScenario } from "./testing/small-scenario.ts";

interface Watched {
  readonly world: SimWorld;
  readonly events: WorldEvent[];
  /** Carries a command out that the world must not refuse. */
  readonly order: (command: Command) => Extract<CommandResult, { ok: true }>;
  readonly refused: (command: Command) => string;
}

async function watched(small: SmallScenario, seed = 1): Promise<Watched> {
  const world = await createSimWorld(smallScenario(small), { seed });
  const events: WorldEvent[] = [];
  world.onEvent((event) => events.push(event));
  const perform = (command: Command): CommandResult => {
    let result: CommandResult | undefined;
    world.perform(command, (answer) => {
      result = answer;
    });
    assert.ok(result !== undefined, `${command.kind} was not answered at once`);
    return result;
  };
  return {
    world,
    events,
    order: (command) => {
      const result = perform(command);
      assert.ok(result.ok, result.ok ? "" : result.reason);
      return result;
    },
    refused: (command) => {
      const result = perform(command);
      assert.ok(!result.ok, `${command.kind} was carried out`);
      return result.reason;
    },
  };
}

const never = (): boolean => false;

describe("simulated world", () => {
  test("honest miners find blocks at the net's pace, and all nodes have the same chain", async () => {
    const { world, events } = await watched({ nodes: { a: 0.5, b: 0.3, c: 0.2 } });
    assert.equal(await world.runUntil(never, 3_000_000), "time-up");
    const mined = events.filter(({ type }) => type === "mined");
    assert.ok(mined.length > 240 && mined.length < 360, `${mined.length} blocks in 300 intervals`);
    const tips = new Set<string>();
    for (const name of world.hosts.keys()) world.report(name, ({ tip }) => void tips.add(tip.hash));
    assert.equal(tips.size, 1);
    assert.equal(world.nowMs(), 3_000_000);
  });

  test("a wallet has its coins to the satoshi, pays, and the payment is mined and counted", async () => {
    const { world, events, order } = await watched({
      nodes: { a: 0, b: 1 },
      wallets: [
        { name: "alice", node: "a", coins: 1_000_000_001n },
        { name: "bob", node: "b", coins: 0n },
      ],
    });
    world.balance("alice", (balance) =>
      assert.deepEqual(balance, { confirmed: 1_000_000_001n, unconfirmed: 0n, immature: 0n }),
    );
    const { txid } = order({ kind: "pay", payment: "p", from: "alice", to: "bob", amount: 300_000_000n });
    const mined = (): boolean =>
      events.some((event) => event.type === "block" && event.node === "a" && event.txids.includes(txid as never));
    assert.equal(await world.runUntil(mined, 1_000_000), "finished");
    world.balance("bob", ({ confirmed }) => assert.equal(confirmed, 300_000_000n));
    const payment = events.find(({ type }) => type === "payment");
    assert.deepEqual(payment, {
      atMs: 0,
      node: "a",
      type: "payment",
      payment: "p",
      txid,
      from: "alice",
      amount: 300_000_000n,
      to: "bob",
    });
  });
});
