import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { InputError } from "@forkyard/core/errors";
import type { DevnetFolder } from "./layout.ts";
import { makePrivateFolder, readIfThere } from "./private-file.ts";
import { identifyProcess, isRunning, type ProcessIdentity, processIdentitySchema } from "./process-identity.ts";

const OWNER_ONLY = 0o600;

/**
 * Makes this process the one that runs the devnet of the folder. The lock of a process that has ended is taken over.
 * @returns a function that gives the lock back
 * @throws InputError when a devnet runs there
 */
export function lockDevnet(folder: DevnetFolder): () => void {
  makePrivateFolder(folder.path);
  const self = identifyProcess(process.pid);
  if (!create(folder.lockFile, self)) {
    const holder = lockHolder(folder.lockFile);
    if (holder !== undefined && isRunning(holder)) {
      throw new InputError(
        `a devnet already runs in ${folder.path} (process ${holder.pid}): see "forkyard status", end it with "forkyard down", or choose another --name`,
      );
    }
    rmSync(folder.lockFile, { force: true });
    if (!create(folder.lockFile, self)) throw new InputError(`another start is under way in ${folder.path}`);
  }
  return () => rmSync(folder.lockFile, { force: true });
}

function create(file: string, self: ProcessIdentity): boolean {
  let handle: number;
  try {
    handle = openSync(file, "wx", OWNER_ONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  writeSync(handle, JSON.stringify(self));
  closeSync(handle);
  return true;
}

function lockHolder(file: string): ProcessIdentity | undefined {
  try {
    return processIdentitySchema.parse(JSON.parse(readIfThere(file) ?? ""));
  } catch {
    // Half written by a process that was killed in the act: nobody holds it.
    return undefined;
  }
}
