#!/usr/bin/env node
// Makes a fresh clone ready: installs what the lock file names, the workspace's own Node included, unless that was done.
// Plain JavaScript for any Node from 20 on, because nothing is installed yet when it starts.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environment, packageFolder, SOURCES, workspace, workspaceNode } from "./workspace.mjs";

const stampFile = join(workspace, "node_modules", ".forkyard-installed");

installOnce();

/** Installs when the lock file is not the one that was installed last. */
function installOnce() {
  const wanted = createHash("sha256")
    .update(readFileSync(join(workspace, "pnpm-lock.yaml")))
    .digest("hex");
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted) return;
  const { packageManager } = JSON.parse(readFileSync(join(workspace, "package.json"), "utf8"));
  process.stderr.write(`Installing with ${packageManager} (once; takes about a minute)…\n`);
  const npx = process.platform === "win32" ? "npx.cmd" : "npx";
  const installed = spawnSync(npx, ["--yes", packageManager, "install", "--frozen-lockfile"], {
    cwd: workspace,
    encoding: "utf8",
    env: { ...process.env, CI: "true" },
  });
  if (installed.status !== 0) {
    process.stderr.write(`${installed.stdout ?? ""}${installed.stderr ?? ""}`);
    process.stderr.write(`The installation failed (${installed.error?.message ?? `exit ${installed.status}`}).\n`);
    process.exit(1);
  }
  warmUp();
  writeFileSync(stampFile, wanted);
}

/**
 * The first start of a devnet would else strip and compile all sources five times at once. Installed it is without this,
 * too: what goes wrong is shown, no more.
 */
function warmUp() {
  const parameters = [SOURCES, join(packageFolder, "src", "warm-up.ts")];
  spawnSync(workspaceNode, parameters, { stdio: ["ignore", "ignore", "inherit"], env: environment });
}
