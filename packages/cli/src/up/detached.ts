import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { InputError } from "@forkyard/core/errors";
import type { DevnetFolder } from "@forkyard/devnet/folder/layout";
import { openLog } from "@forkyard/devnet/folder/log-file";
import { devnetStatus } from "@forkyard/devnet/observe/status";
import { RunningDevnet } from "@forkyard/devnet/remote/running-devnet";
import type { Output } from "../output/output.ts";
import { statusLines } from "../output/status-lines.ts";
import type { SupervisorMessage } from "./supervisor-message.ts";

/**
 * Starts a devnet in the background; returns when all nodes answer and agree.
 * @param which what other commands need so as to mean this devnet
 */
export async function startDetached(folder: DevnetFolder, output: Output, which: string): Promise<void> {
  output.progress("starting in the background …");
  try {
    await startSupervisor(folder);
  } finally {
    output.progress("");
  }
  const devnet = RunningDevnet.attach(folder);
  try {
    const status = await devnetStatus(devnet);
    output.result(status, () => [
      ...statusLines(status, output),
      `in the background, until "npx forkyard down${which}"; events go to ${folder.supervisorLog}`,
    ]);
  } finally {
    devnet.close();
  }
}

/** Runs this very command once more as a daemon: own session, no terminal, --supervised instead of --detach. */
async function startSupervisor(folder: DevnetFolder): Promise<void> {
  const { handle: log } = openLog(folder.supervisorLog);
  const parameters = [
    ...process.execArgv,
    ...process.argv.slice(1).filter((word) => word !== "--detach"),
    "--supervised",
  ];
  const child = spawn(process.execPath, parameters, { detached: true, stdio: ["ignore", log, log, "ipc"] });
  closeSync(log);
  const message = await new Promise<SupervisorMessage>((resolve) => {
    child.once("message", (said) => resolve(said as SupervisorMessage));
    child.once("error", (error) => resolve({ error: error.message, exitCode: 1 }));
    child.once("exit", () => resolve({ error: `the supervisor ended: see ${folder.supervisorLog}`, exitCode: 1 }));
  });
  if ("error" in message) throw message.exitCode === 2 ? new InputError(message.error) : new Error(message.error);
  child.disconnect();
  child.unref();
}
