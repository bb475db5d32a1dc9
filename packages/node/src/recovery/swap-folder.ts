import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";

/** The chain while it is built anew. */
export function freshFolder(folder: string): string {
  return `${folder}.new`;
}

function oldFolder(folder: string): string {
  return `${folder}.damaged`;
}

/** What has just been done of a swap. */
export type SwapStep = "old-renamed" | "new-renamed" | "parent-synced" | "leftovers-removed";

/** Puts the finished new chain in the place of the old one, which is deleted. Can be interrupted anywhere. */
export function swapFolders(folder: string, did: (step: SwapStep) => void = () => {}): void {
  renameSync(folder, oldFolder(folder));
  did("old-renamed");
  syncParent(folder);
  finishSwap(folder, did);
}

/** Clears up what an interrupted rebuild left: finishes the swap if it had begun, else forgets the unfinished chain. */
export function finishSwap(folder: string, did: (step: SwapStep) => void = () => {}): void {
  if (!existsSync(folder) && existsSync(oldFolder(folder))) {
    renameSync(existsSync(freshFolder(folder)) ? freshFolder(folder) : oldFolder(folder), folder);
    did("new-renamed");
    syncParent(folder);
    did("parent-synced");
  }
  rmSync(freshFolder(folder), { recursive: true, force: true });
  rmSync(oldFolder(folder), { recursive: true, force: true });
  did("leftovers-removed");
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
