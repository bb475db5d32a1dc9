import { fileURLToPath } from "node:url";
import type { NodeProgram } from "@forkyard/devnet/nodes/node-process";

/** The node program of this installation, run by the same Node with the same options as this process. */
export function nodeProgram(): NodeProgram {
  const file = fileURLToPath(import.meta.resolve("@forkyard/node/bin"));
  return { command: process.execPath, parameters: [...process.execArgv, file] };
}
