import { existsSync, rmSync } from "node:fs";
import { InputError } from "@forkyard/core/errors";
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
 * @param deleteData remove the folder with its chains and wallets, too
 */
export async function down(folder: DevnetFolder, deleteData: boolean): Promise<DownResult> {
  const state = readState(folder);
  if (state === undefined) {
    if (deleteData && existsSync(folder.path)) {
      throw new InputError(`${folder.path} was not made by "forkyard up": it is not removed`);
    }
    return { stopped: [], deleted: false };
  }
  const running = state.nodes.filter((node) => node.process !== undefined && isRunning(node.process));
  signalProcess(state.supervisor, "SIGTERM");
  await awaitExits([state.supervisor], SUPERVISOR_STOP_LIMIT_MS);
  signalProcess(state.supervisor, "SIGKILL");
  await endNodes(state);
  if (deleteData) rmSync(folder.path, { recursive: true, force: true });
  return { stopped: running.map((node) => node.name), deleted: deleteData };
}
