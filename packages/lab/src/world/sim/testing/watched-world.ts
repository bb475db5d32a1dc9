import assert from "node:assert/strict";
import type { Command, CommandResult } from "../../command.ts";
import type { WorldEvent } from "../../event.ts";
import { createSimWorld } from "../create-sim-world.ts";
import type { SimWorld } from "../sim-world.ts";
import { type SmallScenario, smallScenario } from "./small-scenario.ts";

export interface Watched {
  readonly world: SimWorld;
  readonly events: WorldEvent[];
  /** Carries a command out that the world must not refuse. */
  readonly order: (command: Command) => Extract<CommandResult, { ok: true }>;
  readonly refused: (command: Command) => string;
}

/** A small world, and everything that it tells. */
export async function watched(small: SmallScenario, seed = 1): Promise<Watched> {
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

/** Not finished until the time is up. */
export const never = (): boolean => false;
