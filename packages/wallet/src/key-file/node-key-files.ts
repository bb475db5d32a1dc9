import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { InputError } from "@forkyard/core/errors";
import type { KeyFilePort } from "./file-port.ts";

const OWNER_ONLY = 0o600;

/** Key files on the real disk. */
export const nodeKeyFiles: KeyFilePort = {
  async read(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const file = await openIfThere(path);
    if (file === undefined) return undefined;
    try {
      // One byte more than allowed tells a longer file, whatever its size claims to be.
      const bytes = new Uint8Array(maxBytes + 1);
      let length = 0;
      while (length < bytes.length) {
        const { bytesRead } = await file.read(bytes, length);
        if (bytesRead === 0) return bytes.slice(0, length);
        length += bytesRead;
      }
      throw new InputError(`${path} is not a key file: it is longer than ${maxBytes} bytes`);
    } finally {
      await file.close();
    }
  },

  async writeNew(path: string, bytes: Uint8Array): Promise<void> {
    const file = await open(path, "wx", OWNER_ONLY);
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
  },

  sync: (path: string) => syncPath(path, "r+"),

  rename: (from: string, to: string) => rename(from, to),

  syncFolderOf: (path: string) => syncPath(dirname(path), "r"),

  remove: (path: string) => rm(path, { force: true }),
};

async function syncPath(path: string, flags: string): Promise<void> {
  const file = await open(path, flags);
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
