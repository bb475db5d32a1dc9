import { spawn } from "node:child_process";
import { MAX_EXEC_OUTPUT_BYTES } from "../limits.ts";
import type { ExecOutcome, ExecPort } from "../run/exec-port.ts";

/** Given when a command could not be started or was stopped. */
const NO_EXIT = -1;

/**
 * Runs the command as a process, without a shell, in the folder of this process; what it writes is kept up to a limit, and
 * it is killed when its time is up.
 */
export const runCommand: ExecPort = ({ command, timeLimitMs, environment }) => {
  const [program = "", ...parameters] = command;
  return new Promise<ExecOutcome>((resolve) => {
    const pieces: Buffer[] = [];
    let kept = 0;
    const keep = (piece: Buffer): void => {
      if (kept >= MAX_EXEC_OUTPUT_BYTES) return;
      pieces.push(piece.subarray(0, MAX_EXEC_OUTPUT_BYTES - kept));
      kept += piece.length;
    };
    const child = spawn(program, parameters, {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeLimitMs,
      killSignal: "SIGKILL",
    });
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => resolve({ exit: NO_EXIT, output: error.message }));
    child.on("close", (code, signal) => {
      const killed = signal === null ? "" : `stopped by ${signal} (time limit ${timeLimitMs} ms)\n`;
      resolve({ exit: code ?? NO_EXIT, output: `${killed}${Buffer.concat(pieces).toString("utf8")}` });
    });
  });
};
