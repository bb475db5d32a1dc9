import type { KeyFilePort } from "./file-port.ts";

const TEMPORARY_SUFFIX = ".tmp";

/**
 * Replaces a file so that whatever happens, the old content or the new one is there whole: the new content goes into a
 * file beside it and to the disk before it takes the name, and the name is on the disk when this returns.
 * After a rejection either content may be the one that stays.
 */
export async function replaceFile(files: KeyFilePort, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}${TEMPORARY_SUFFIX}`;
  // What a crash left behind: it never took the name, so nobody relied on it.
  await files.remove(temporary);
  await files.writeNew(temporary, bytes);
  await files.sync(temporary);
  await files.rename(temporary, path);
  await files.syncFolderOf(path);
}
