// Where things are in a clone. Plain JavaScript for any Node from 20 on.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const packageFolder = join(dirname(fileURLToPath(import.meta.url)), "..");
export const workspace = join(packageFolder, "..", "..");
export const workspaceNode = join(
  workspace,
  "node_modules",
  "node",
  "bin",
  process.platform === "win32" ? "node.exe" : "node",
);
/** Runs TypeScript sources instead of what was built. */
export const SOURCES = "--conditions=forkyard:source";
// Stripping types takes half of the time of a short command, and much of a node's start: Node keeps the results.
const compileCache = join(workspace, "node_modules", ".cache", "node-compile");
export const environment = { NODE_COMPILE_CACHE: compileCache, ...process.env };
