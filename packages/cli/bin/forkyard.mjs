#!/usr/bin/env node
// The `forkyard` command. Plain JavaScript for any Node from 20 on: in a clone it finds the workspace's own Node and runs
// the sources with it; in an installation from a registry it runs what was built.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { environment, packageFolder, SOURCES, workspace, workspaceNode } from "./workspace.mjs";

const LEAST_NODE_MAJOR = 24;

const sources = join(packageFolder, "src", "main.ts");

if (existsSync(sources)) runSources();
else await runBuilt();

function runSources() {
  if (!existsSync(workspaceNode)) fail(`${workspace} is not installed yet: run "npm start" or "npm test" there once`);
  const parameters = [SOURCES, sources, ...process.argv.slice(2)];
  const child = spawn(workspaceNode, parameters, { stdio: "inherit", env: environment });
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
