import { createHash } from "node:crypto";
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The node program and the programs of its threads, which it looks for beside itself. */
export const NODE_ENTRY_POINTS: Readonly<Record<string, string>> = {
  bin: "packages/node/src/bin.ts",
  "pow-worker": "packages/consensus/src/miner/pow-worker.ts",
  "script-thread": "packages/node/src/scripts/pool/script-thread.ts",
};
/** The packages that a node is made of. */
const SOURCES = "packages/{core,consensus,storage,network,mempool,wallet,rpc,node}/src/**/*.ts";
/**
 * Packages that load machine code or WebAssembly from beside themselves, so they stay where they are: a package of ours, and
 * the way to them from its folder of packages.
 */
const KEPT_APART: Readonly<Record<string, readonly [string, ...string[]]>> = {
  "classic-level": ["packages/storage/node_modules/level", "../classic-level"],
  secp256k1: ["packages/consensus/node_modules/secp256k1"],
  "tiny-secp256k1": ["packages/consensus/node_modules/tiny-secp256k1"],
};
/** What CommonJS packages find in a module of their own. */
const REQUIRE = `import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);`;
/** Kept for devnets that still run from older ones. */
const MAX_BUNDLES = 6;

const workspace = fileURLToPath(new URL("../../../..", import.meta.url));
const bundles = join(workspace, "node_modules", ".cache", "forkyard-node");

/**
 * The node program of a clone as a dozen files: loaded one by one, sources and libraries are nine hundred, and a node takes
 * half as long again to start (ADR 0017). Made when a source has changed since.
 * @returns path of the program
 */
export async function bundledNode(): Promise<string> {
  const folder = join(bundles, keyOfSources(workspace));
  const program = join(folder, "bin.js");
  if (!existsSync(program)) await makeBundle(folder);
  return program;
}

/** Another one after every change of a node's sources or of the packages they use. Costs a look at each file's date. */
export function keyOfSources(root: string): string {
  const files = globSync([SOURCES, "pnpm-lock.yaml"], { cwd: root, exclude: ["**/*.test.ts", "**/testing/**"] });
  const hash = createHash("sha256");
  for (const file of files.toSorted()) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\0`);
  }
  return hash.digest("hex").slice(0, 16);
}

async function makeBundle(folder: string): Promise<void> {
  const { build } = await import("esbuild");
  const unfinished = `${folder}.${process.pid}`;
  await build({
    absWorkingDir: workspace,
    entryPoints: NODE_ENTRY_POINTS,
    outdir: unfinished,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    conditions: ["forkyard:source"],
    external: Object.keys(KEPT_APART),
    banner: { js: REQUIRE },
    logLevel: "silent",
  });
  linkPackages(unfinished);
  publish(unfinished, folder);
  for (const old of bundlesByAge().slice(MAX_BUNDLES)) rmSync(old, { recursive: true, force: true });
}

function linkPackages(folder: string): void {
  mkdirSync(join(folder, "node_modules"));
  for (const [name, way] of Object.entries(KEPT_APART)) {
    const home = way.reduce((from, step) => realpathSync(join(from, step)), workspace);
    symlinkSync(home, join(folder, "node_modules", name), "junction");
  }
}

/** Whole or not at all; another process may have been quicker with the same. */
function publish(unfinished: string, folder: string): void {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
}

/** Newest first. */
function bundlesByAge(): readonly string[] {
  const folders = readdirSync(bundles).map((name) => join(bundles, name));
  return folders.toSorted((a, b) => madeAt(b) - madeAt(a));
}

/** Milliseconds since 1970; 0 for one that another process has just removed. */
function madeAt(folder: string): number {
  return statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
