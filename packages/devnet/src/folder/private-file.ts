import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
const SECRET_BYTES = 32;

/** Writes a file that only its owner may read, in one step: a reader sees the old text or the new one. */
export function writePrivateFile(file: string, text: string): void {
  makePrivateFolder(dirname(file));
  const temporary = join(dirname(file), `.${randomBytes(8).toString("hex")}.tmp`);
  const handle = openSync(temporary, "wx", OWNER_ONLY_FILE);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}

export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: OWNER_ONLY_FOLDER });
}

/** Text of a file; undefined when there is none. */
export function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** Writes a fresh random secret unless the file is there already. */
export function keepSecret(file: string): void {
  if (!existsSync(file)) writePrivateFile(file, `${randomBytes(SECRET_BYTES).toString("hex")}\n`);
}
