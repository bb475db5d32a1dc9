import { networkByName } from "@forkyard/core/params/networks";
import { atPace } from "@forkyard/node/laboratory/network-pace";
import { createLiveWorld, type LiveOptions } from "../world/live/create-live-world.ts";
import type { LiveWorld } from "../world/live/live-world.ts";
import { paceOf } from "../world/network-pace.ts";
import type { Worlds } from "./run-scenario.ts";

/** Scenarios on the processes of a live devnet, one after the other. The seed is chance's only in the simulator. */
export function liveWorlds(options: LiveOptions): Worlds {
  return {
    kind: "live",
    open: async (scenario) => {
      const world = await createLiveWorld(scenario, options);
      return { world, environment: addressesOf(world) };
    },
    halvingBlocks: ({ network }) => atPace(networkByName(network.rules), paceOf(network)).subsidyHalvingBlocks,
  };
}

/** `FORKYARD_RPC` is the first node's; `FORKYARD_RPC_SHOP` and `FORKYARD_COOKIE_SHOP` those of the node `shop`. */
function addressesOf({ addresses }: LiveWorld): Readonly<Record<string, string>> {
  const named = addresses.flatMap(({ node, rpc, cookieFile }) => {
    const suffix = node.toUpperCase().replaceAll("-", "_");
    return [
      [`FORKYARD_RPC_${suffix}`, rpc],
      [`FORKYARD_COOKIE_${suffix}`, cookieFile],
    ];
  });
  return {
    FORKYARD_RPC: addresses[0]?.rpc ?? "",
    FORKYARD_COOKIE: addresses[0]?.cookieFile ?? "",
    ...Object.fromEntries(named),
  };
}
