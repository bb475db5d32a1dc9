import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("power-shim.c", import.meta.url));

/** Compiles the library into a folder. @returns its path, or why there is none */
export function buildShim(folder: string): { readonly path: string } | { readonly missing: string } {
  if (process.platform !== "linux") return { missing: "it is made for Linux" };
  const path = join(folder, "power-shim.so");
  const { status, error, stderr } = spawnSync("cc", ["-shared", "-fPIC", "-O1", "-o", path, SOURCE, "-ldl"], {
    encoding: "utf8",
  });
  if (error !== undefined) return { missing: "there is no C compiler (cc)" };
  if (status !== 0) throw new Error(`the shim does not compile: ${stderr}`);
  return { path };
}

/** Says in the log of syncs that everything in a folder has long been on the disk. */
export function noteSettled(folder: string, syncLog: string): void {
  const lines = filesIn(folder).map((path) => {
    const { ino, size } = lstatSync(path);
    return `${ino} ${size}\n`;
  });
  writeFileSync(syncLog, lines.join(""));
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * Takes from each file of a folder, and of those within, what was written since it was last synced: the most that a
 * power cut may lose. @returns bytes lost
 */
export function cutUnsynced(folder: string, syncLog: string): number {
  const synced = new Map<number, number>();
  const log = existsSync(syncLog) ? readFileSync(syncLog, "utf8") : "";
  for (const line of log.split("\n")) {
    const [inode, bytes] = line.split(" ");
    if (bytes !== undefined) synced.set(Number(inode), Number(bytes));
  }
  let lost = 0;
  for (const path of filesIn(folder)) {
    const { ino, size } = lstatSync(path);
    const kept = Math.min(size, synced.get(ino) ?? 0);
    lost += size - kept;
    truncateSync(path, kept);
  }
  return lost;
}
