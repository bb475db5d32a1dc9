#!/usr/bin/env node
// Makes a fresh clone ready, then runs a program with the workspace's own Node:
//   node packages/cli/bin/install.mjs FILE [ARGUMENTS…]
// Plain JavaScript for any Node from 20 on, because nothing is installed yet when it starts.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const stampFile = join(root, "node_modules", ".forkyard-installed");

installOnce();
run(process.argv.slice(2));

/** Installs when the lock file is not the one that was installed last. */
function installOnce() {
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "pnpm-lock.yaml")))
    .digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  process.stderr.write(`Installing with ${packageManager} (once; takes about a minute)…\n`);
  const npx = process.platform === "win32" ? "npx.cmd" : "npx";
  const installed = spawnSync(npx, ["--yes", packageManager, "install", "--frozen-lockfile"], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, CI: "true" },
  });
  if (installed.status !== 0) {
    process.stderr.write(`${installed.stdout ?? ""}${installed.stderr ?? ""}`);
    process.stderr.write(`The installation failed (${installed.error?.message ?? `exit ${installed.status}`}).\n`);
    process.exit(1);
  }
  writeFileSync(stampFile, wanted);
}

/** Runs a program of the workspace with the pinned Node and ends as it ends. */
function run(programArguments) {
  if (programArguments.length === 0) return;
  const node = join(root, "node_modules", ".bin", "node");
  // Stripping types takes much of a program's start: Node keeps the results.
  const env = { NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "node-compile"), ...process.env };
  const child = spawn(node, ["--conditions=forkyard:source", ...programArguments], {
    cwd: root,
    stdio: "inherit",
    env,
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`Cannot start ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
