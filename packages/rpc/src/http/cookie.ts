import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { toHex } from "@forkyard/core/bytes/bytes";
import type { Random } from "@forkyard/core/ports/random";
import { COOKIE_BYTES } from "../limits.ts";

/** The name that stands before the colon in bitcoind's cookie file. */
const COOKIE_USER = "__cookie__";
const OWNER_ONLY = 0o600;

/** Where the cookie of a node lies. */
export function cookiePathOf(dataFolder: string): string {
  return join(dataFolder, ".cookie");
}

/** `user:password`, new with every start. */
export function newCredentials(random: Random): string {
  return `${COOKIE_USER}:${toHex(random.bytes(COOKIE_BYTES))}`;
}

/**
 * Writes the cookie so that it is never seen half written and never by others: a fresh file that only the owner may
 * read, then a rename.
 */
export async function writeCookie(path: string, credentials: string): Promise<void> {
  const temporaryPath = `${path}.tmp`;
  await rm(temporaryPath, { force: true });
  await writeFile(temporaryPath, credentials, { mode: OWNER_ONLY, flag: "wx" });
  await rename(temporaryPath, path);
}

export async function removeCookie(path: string): Promise<void> {
  await rm(path, { force: true });
}
