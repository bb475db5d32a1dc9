import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";

/** The chain while it is built anew. */
export function freshFolder(folder: string): string {
  return `${folder}.new`;
}

function oldFolder(folder: string): string {
  return `${folder}.damaged`;
}

/** Puts the finished new chain in the place of the old one, which is deleted. Can be interrupted anywhere. */
export function swapFolders(folder: string): void {
  renameSync(folder, oldFolder(folder));
  syncParent(folder);
  finishSwap(folder);
}

/** Clears up what an interrupted rebuild left: finishes the swap if it had begun, else forgets the unfinished chain. */
export function finishSwap(folder: string): void {
  if (!existsSync(folder) && existsSync(oldFolder(folder))) {
    renameSync(existsSync(freshFolder(folder)) ? freshFolder(folder) : oldFolder(folder), folder);
    syncParent(folder);
  }
  rmSync(freshFolder(folder), { recursive: true, force: true });
  rmSync(oldFolder(folder), { recursive: true, force: true });
}

/** A rename is on the disk when the folder that holds the names is. */
function syncParent(folder: string): void {
  const parent = openSync(dirname(folder), "r");
  try {
    fsyncSync(parent);
  } finally {
    closeSync(parent);
  }
}
