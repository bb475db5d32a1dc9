import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { PROCESS_CHECK_INTERVAL_MS } from "../limits.ts";

/** Places in /proc/PID/stat after the program's name, which is the 2nd field: threads are the 20th, the start time the 22nd. */
const THREADS_FIELD = 20 - 3;
const START_TIME_FIELD = 22 - 3;

/** A process, told apart from a later one that got the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** In a form of the system's own; only ever compared. Empty when the system does not tell. */
  readonly startedAt: string;
}

export const processIdentitySchema: z.ZodType<ProcessIdentity> = z.object({
  pid: z.int().positive(),
  startedAt: z.string(),
});

/** Who a running process is. */
export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, startedAt: startTime(pid) ?? "" };
}

/** True while exactly this process runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return exists(identity.pid) && startTime(identity.pid) === identity.startedAt;
}

/** Sends a signal to exactly this process; does nothing when it has ended. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Waits for processes that need not be our children. @returns those that still run after `limitMs` */
export async function awaitExits(
  identities: readonly ProcessIdentity[],
  limitMs: number,
): Promise<readonly ProcessIdentity[]> {
  const deadline = performance.now() + limitMs;
  let left = identities.filter(isRunning);
  while (left.length > 0 && performance.now() < deadline) {
    await pause(PROCESS_CHECK_INTERVAL_MS);
    left = left.filter(isRunning);
  }
  return left;
}

/** Waits until no zombies are left of processes that have ended: others may take those for alive. */
export async function awaitReaping(identities: readonly ProcessIdentity[], limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (identities.some((identity) => exists(identity.pid)) && performance.now() < deadline) {
    await pause(PROCESS_CHECK_INTERVAL_MS);
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** When the process started, in a form of the system's own; undefined when there is no such process. */
function startTime(pid: number): string | undefined {
  if (process.platform === "linux") return linuxStartTime(pid);
  const { status, stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

function linuxStartTime(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    // Any failure to read it means that there is no such process (any more).
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // A zombie has ended and only waits for its parent to notice, but while it has threads its files are still open.
  const ended = fields[0] === "Z" && Number(fields[THREADS_FIELD]) <= 1;
  return ended ? undefined : fields[START_TIME_FIELD];
}
