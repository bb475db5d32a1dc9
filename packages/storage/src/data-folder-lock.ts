import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kill, pid as ownPid } from "node:process";
import { InputError } from "@forkyard/core/errors";
import { MAX_LOCK_ATTEMPTS } from "./limits.ts";

const LOCK_FILE = "forkyard.lock";
/** Field of /proc/PID/stat, counted after the command name, that says when the process was started. */
const START_TIME_FIELD = 19;
const STATE_FIELD = 0;
const THREADS_FIELD = 17;

/** The right to use a data folder; given back by `release`, or found stale after the process has died. */
export interface DataFolderLock {
  release(): void;
}

/** Folders that this very process holds: its own pid in a lock file does not tell a second use from a stale lock. */
const heldHere = new Set<string>();

/**
 * Takes the data folder for this process, making it when it is not there. The lock file holds the pid and, where the
 * system tells it, the start time of the process, so that a reused pid (usual in containers) is not taken for the owner.
 * @throws InputError when a live process holds it, or the folder cannot be used
 */
export function lockDataFolder(path: string): DataFolderLock {
  const file = join(path, LOCK_FILE);
  const content = `${ownPid} ${startTimeOf(ownPid)}\n`;
  if (heldHere.has(file)) throw inUse(path, ownPid);
  try {
    mkdirSync(path, { recursive: true });
    acquire(path, file, content);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `cannot use the data folder ${path} (${messageOf(error)}): check the path and its permissions`,
    );
  }
  heldHere.add(file);
  return {
    release: () => {
      if (heldHere.delete(file) && readIfThere(file) === content) rmSync(file);
    },
  };
}

/** A lock file appears with its content in one step, as a link to a finished file: nobody ever reads a half one. */
function acquire(path: string, file: string, content: string): void {
  const draft = `${file}.${ownPid}`;
  writeFileSync(draft, content);
  try {
    for (let attempt = 0; attempt < MAX_LOCK_ATTEMPTS; attempt++) {
      if (tryLink(draft, file)) return;
      const found = readIfThere(file);
      if (found === undefined) continue;
      const owner = liveOwner(found);
      if (owner !== undefined) throw inUse(path, owner);
      removeStale(file, found);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw new InputError(`the data folder ${path} is being taken by other processes: try again`);
}

/** Between reading and removing, another process may have taken the folder: then its lock is put back. */
function removeStale(file: string, stale: string): void {
  const aside = `${file}.stale.${ownPid}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if (isGone(error)) return;
    throw error;
  }
  if (readIfThere(aside) !== stale) tryLink(aside, file);
  rmSync(aside, { force: true });
}

function tryLink(existing: string, created: string): boolean {
  try {
    linkSync(existing, created);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/** Pid of the process that wrote the lock, if it still runs; undefined for a dead one or an unreadable lock. */
function liveOwner(content: string): number | undefined {
  const match = /^(\d+) (\d*)\n$/.exec(content);
  if (match === null) return undefined;
  const owner = Number(match[1]);
  // The caller has already looked into `heldHere`: our own pid is that of an earlier process.
  if (owner === ownPid || !isRunning(owner)) return undefined;
  if (isZombie(owner)) return undefined;
  const startTime = startTimeOf(owner);
  return match[2] === "" || startTime === "" || startTime === match[2] ? owner : undefined;
}

function isRunning(pid: number): boolean {
  try {
    kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** A process that has ended and only waits for its parent to notice, which in a container may be never. */
function isZombie(pid: number): boolean {
  const fields = statFields(pid);
  // While threads of it still run, it still holds its files.
  return fields[STATE_FIELD] === "Z" && Number(fields[THREADS_FIELD]) <= 1;
}

/** When a process was started, in the kernel's ticks; empty where the system does not tell. */
function startTimeOf(pid: number): string {
  return statFields(pid)[START_TIME_FIELD] ?? "";
}

/** Fields of /proc/PID/stat from the state on; none where the system does not tell. */
function statFields(pid: number): readonly string[] {
  const stat = readIfThere(`/proc/${pid}/stat`) ?? "";
  // The command name stands in brackets and may hold anything, brackets and blanks too.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

function inUse(path: string, pid: number): InputError {
  return new InputError(
    `the data folder ${path} is in use by process ${pid}: stop that process, or choose another data folder`,
  );
}

/** The file is not there, or the process behind a file of /proc has ended. */
function isGone(error: unknown): boolean {
  return codeOf(error) === "ENOENT" || codeOf(error) === "ESRCH";
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
