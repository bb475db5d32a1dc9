import { fileURLToPath } from "node:url";
import type { NodeProgram } from "@forkyard/devnet/nodes/node-process";

/** The node program of this installation, run by the same Node with the same options as this process. */
export async function nodeProgram(): Promise<NodeProgram> {
  const file = fileURLToPath(import.meta.resolve("@forkyard/node/bin"));
  const program = file.endsWith(".ts") ? await quickStarting(file) : file;
  return { command: process.execPath, parameters: [...process.execArgv, program] };
}

/** In a clone: the sources in few files; where these cannot be made, the sources as they are. */
async function quickStarting(source: string): Promise<string> {
  try {
    const { bundledNode } = await import("./node-bundle.ts");
    return await bundledNode();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    process.stderr.write(`forkyard: nodes start from their sources, which takes longer: ${reason}\n`);
    return source;
  }
}
