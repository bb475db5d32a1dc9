import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Starts a script beside this file in a process of its own; its stderr is the test's. */
export function spawnScript(script: string, args: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return spawn(process.execPath, ["--conditions=forkyard:source", path, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
}
