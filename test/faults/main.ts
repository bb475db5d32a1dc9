/**
 * `pnpm faults`: every fault as often as it has to be survived, which takes an hour or two; `npm test` runs a share.
 * Each count has its own variable (support/counts.ts); FORKYARD_SEED repeats a run.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { repositoryRoot } from "../repository-root.ts";

const FILES = ["kills", "wallet-writes", "power-loss", "bit-flips", "disk-errors"].map(
  (name) => `test/faults/${name}.test.ts`,
);
const options = ["--conditions=forkyard:source", "--test", "--test-concurrency=1", ...FILES];
const { status } = spawnSync(process.execPath, options, {
  cwd: join(repositoryRoot),
  stdio: "inherit",
  env: { FORKYARD_FAULTS: "all", ...process.env },
});
process.exitCode = status ?? 1;
