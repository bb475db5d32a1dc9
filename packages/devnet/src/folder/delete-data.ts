import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "@forkyard/core/errors";
import { type DevnetFolder, nodeFolder } from "./layout.ts";

/**
 * Removes chains, wallets, keys and logs of a devnet that does not run, and its folder when nothing else is in it: the
 * folder may be one that holds other things of its owner, too.
 * @throws InputError when no devnet was ever there
 */
export function deleteData(folder: DevnetFolder): void {
  if (!existsSync(folder.stateFile)) {
    if (!existsSync(folder.path)) return;
    throw new InputError(`${folder.path} holds no devnet: nothing is removed`);
  }
  for (const entry of readdirSync(folder.path, { withFileTypes: true })) {
    const { path, configFile } = nodeFolder(folder, entry.name);
    if (entry.isDirectory() && existsSync(configFile)) rmSync(path, { recursive: true, force: true });
  }
  const { supervisorLog, partitionFile, walletSecretFile, lockFile, stateFile } = folder;
  // The state file goes last: without it nothing of the rest would be found again.
  for (const file of [supervisorLog, `${supervisorLog}.1`, partitionFile, walletSecretFile, lockFile, stateFile]) {
    rmSync(file, { force: true });
  }
  if (readdirSync(join(folder.path)).length === 0) rmdirSync(folder.path);
}
