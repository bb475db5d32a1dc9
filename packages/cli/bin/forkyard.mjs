#!/usr/bin/env node
// The `forkyard` command. Plain JavaScript for any Node from 20 on: in a clone it finds the workspace's own Node and runs
// the sources with it; in an installation from a registry it runs what was built.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const LEAST_NODE_MAJOR = 24;

const packageFolder = join(dirname(fileURLToPath(import.meta.url)), "..");
const workspace = join(packageFolder, "..", "..");
const sources = join(packageFolder, "src", "main.ts");
const workspaceNode = join(
  workspace,
  "node_modules",
  "node",
  "bin",
  process.platform === "win32" ? "node.exe" : "node",
);

if (existsSync(sources)) runSources();
else await runBuilt();

function runSources() {
  if (!existsSync(workspaceNode)) fail(`${workspace} is not installed yet: run "npm start" or "npm test" there once`);
  const parameters = ["--conditions=forkyard:source", sources, ...process.argv.slice(2)];
  // Stripping types takes half of the time of a short command, and much of a node's start: Node keeps the results.
  const env = { NODE_COMPILE_CACHE: join(workspace, "node_modules", ".cache", "node-compile"), ...process.env };
  const child = spawn(workspaceNode, parameters, { stdio: "inherit", env });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`cannot start ${workspaceNode}: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

async function runBuilt() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < LEAST_NODE_MAJOR) fail(`needs Node ${LEAST_NODE_MAJOR} or later; this is ${process.version}`);
  await import("../dist/main.js");
}

function fail(message) {
  process.stderr.write(`forkyard: ${message}\n`);
  process.exit(1);
}
