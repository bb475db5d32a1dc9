import { networkByName } from "@forkyard/core/params/networks";
import { createLiveWorld, type LiveOptions } from "../world/live/create-live-world.ts";
import type { Worlds } from "./run-scenario.ts";

/** Scenarios on the processes of a live devnet, one after the other. The seed is chance's only in the simulator. */
export function liveWorlds(options: LiveOptions): Worlds {
  return {
    kind: "live",
    open: (scenario) => createLiveWorld(scenario, options),
    halvingBlocks: ({ network }) => networkByName(network.rules).subsidyHalvingBlocks,
  };
}
