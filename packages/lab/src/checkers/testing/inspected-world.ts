import { assert } from "@forkyard/core/errors";
import { WorldInspection } from "../../fuzz/world-inspection.ts";
import type { Command, CommandResult } from "../../world/command.ts";
import type { WorldEvent } from "../../world/event.ts";
import { createSimWorld } from "../../world/sim/create-sim-world.ts";
import type { SimWorld } from "../../world/sim/sim-world.ts";
import { smallScenario } from "../../world/sim/testing/small-scenario.ts";
import type { NodeInside } from "../inspection.ts";

export interface InspectedWorld {
  readonly world: SimWorld;
  readonly inspection: WorldInspection;
  readonly events: readonly WorldEvent[];
  readonly node: (name: string) => NodeInside;
  readonly order: (command: Command) => Extract<CommandResult, { ok: true }>;
  /** Lets so many milliseconds pass. */
  readonly pass: (delayMs: number) => Promise<void>;
}

/** Two nodes on which only steps mine, a wallet on each, a payment in a block and one that waits. */
export async function inspectedWorld(): Promise<InspectedWorld> {
  const scenario = smallScenario({
    nodes: { a: 0, b: 0 },
    network: { coinbaseMaturity: 3, bootstrapBlocks: 6 },
    wallets: [
      { name: "alice", node: "a", coins: 1_000_000_000n },
      { name: "bob", node: "b", coins: 1_000_000_000n },
    ],
  });
  const world = await createSimWorld(scenario, { seed: 1 });
  const inspection = new WorldInspection(world);
  const events: WorldEvent[] = [];
  world.onEvent((event) => {
    events.push(event);
    if (event.type === "payment") inspection.noteSigned();
    if (event.type !== "block" && event.type !== "side") return;
    const block = world.hosts.get(event.node)?.node?.chain.block(event.hash);
    if (block !== undefined) inspection.reference.add(block);
  });
  const inspected: InspectedWorld = {
    world,
    inspection,
    events,
    node: (name) => {
      const node = inspection.node(name);
      assert(node !== undefined, `${name} runs`);
      return node;
    },
    order: (command) => {
      const results: CommandResult[] = [];
      world.perform(command, (result) => void results.push(result));
      const [result] = results;
      assert(result !== undefined, "commands of this world are answered at once");
      assert(result.ok, result.ok ? "" : result.reason);
      return result;
    },
    pass: async (delayMs) => {
      await world.runUntil(() => false, world.nowMs() + delayMs);
    },
  };
  await begin(inspected);
  return inspected;
}

async function begin({ order, pass }: InspectedWorld): Promise<void> {
  order({ kind: "pay", payment: "mined", from: "alice", to: "bob", amount: 100_000_000n });
  await pass(1_000);
  order({ kind: "mine", node: "a", blocks: 2 });
  await pass(1_000);
  order({ kind: "pay", payment: "waiting", from: "alice", to: "bob", amount: 200_000_000n });
  await pass(1_000);
}

/** The same object, with other answers in some places. */
export function altered<T extends object>(target: T, answers: Partial<T>): T {
  return new Proxy(target, {
    get(_, property) {
      if (property in answers) return Reflect.get(answers, property);
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
