import { deleteData } from "../folder/delete-data.ts";
import type { DevnetFolder } from "../folder/layout.ts";
import { awaitExits, isRunning, signalProcess } from "../folder/process-identity.ts";
import { readState } from "../folder/state-file.ts";
import { SUPERVISOR_STOP_LIMIT_MS } from "../limits.ts";
import { endNodes } from "./leftovers.ts";

/** What `down` answers: names of the nodes that ran until now. */
export interface DownResult {
  readonly stopped: readonly string[];
  readonly deleted: boolean;
}

/**
 * Ends the devnet of a folder and all its processes; does nothing when none runs.
 * @param withData remove chains, wallets and logs, too
 */
export async function down(folder: DevnetFolder, withData: boolean): Promise<DownResult> {
  const stopped = await endAll(folder);
  if (withData) deleteData(folder);
  return { stopped, deleted: withData };
}

/** @returns names of the nodes that ran */
async function endAll(folder: DevnetFolder): Promise<readonly string[]> {
  const state = readState(folder);
  if (state === undefined) return [];
  const running = state.nodes.filter((node) => node.process !== undefined && isRunning(node.process));
  signalProcess(state.supervisor, "SIGTERM");
  await awaitExits([state.supervisor], SUPERVISOR_STOP_LIMIT_MS);
  signalProcess(state.supervisor, "SIGKILL");
  await endNodes(state);
  return running.map((node) => node.name);
}
