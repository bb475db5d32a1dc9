import { existsSync, openSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { MAX_LOG_BYTES } from "../limits.ts";
import { makePrivateFolder } from "./private-file.ts";

const OWNER_ONLY = 0o600;

/** A log that is open for appending, and how long it was. */
export interface OpenLog {
  readonly handle: number;
  readonly length: number;
}

/** Opens a log to append to; one that has grown too long is moved aside first, to the same name with ".1". */
export function openLog(file: string): OpenLog {
  makePrivateFolder(dirname(file));
  if (existsSync(file) && statSync(file).size > MAX_LOG_BYTES) renameSync(file, `${file}.1`);
  const handle = openSync(file, "a", OWNER_ONLY);
  return { handle, length: statSync(file).size };
}
