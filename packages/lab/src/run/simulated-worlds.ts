import { simParams } from "../world/sim/bootstrap/sim-params.ts";
import { createSimWorld } from "../world/sim/create-sim-world.ts";
import type { Worlds } from "./run-scenario.ts";

/** Scenarios in the simulator. */
export const simulatedWorlds: Worlds = {
  kind: "sim",
  open: async (scenario, seed) => ({ world: await createSimWorld(scenario, { seed }), environment: {} }),
  halvingBlocks: ({ network }) => simParams(network, new Set()).subsidyHalvingBlocks,
};
