import { InputError } from "@forkyard/core/errors";
import type { DevnetPlan } from "../config/plan-devnet.ts";
import type { DevnetFolder } from "../folder/layout.ts";
import { awaitExits, awaitReaping, signalProcess } from "../folder/process-identity.ts";
import { type DevnetState, readState } from "../folder/state-file.ts";
import { LEFTOVER_EXIT_LIMIT_MS, ZOMBIE_LIMIT_MS } from "../limits.ts";

/**
 * Makes sure that nothing of an earlier run is alive: nodes whose supervisor was killed close by themselves; one that
 * does not is killed.
 * @throws InputError when the folder belongs to another network
 */
export async function clearLeftovers(folder: DevnetFolder, plan: DevnetPlan): Promise<void> {
  const state = readState(folder);
  if (state === undefined) return;
  if (state.network !== plan.network) {
    throw new InputError(
      `${folder.path} holds a ${state.network} devnet, not a ${plan.network} one: choose another --name, or remove it with "forkyard down --delete-data"`,
    );
  }
  await endNodes(state);
}

/** Waits for the nodes of a run to end, then kills those that have not. */
export async function endNodes(state: DevnetState): Promise<void> {
  const identities = state.nodes.flatMap((node) => node.process ?? []);
  const left = await awaitExits(identities, LEFTOVER_EXIT_LIMIT_MS);
  for (const identity of left) signalProcess(identity, "SIGKILL");
  await awaitExits(left, LEFTOVER_EXIT_LIMIT_MS);
  await awaitReaping(identities, ZOMBIE_LIMIT_MS);
}
