/** `pnpm check`: types, lint, format, import rules, unused code. Runs all of them and fails if one does. */
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "./repository-root.ts";

interface Check {
  readonly name: string;
  readonly command: string;
  readonly options: readonly string[];
  /** A check that looked at nothing passes for the wrong reason: the output must match. */
  readonly mustPrint?: RegExp;
}

const THREADS = String(availableParallelism());

export const CHECKS: readonly Check[] = [
  { name: "types", command: "tsc", options: ["-b"] },
  { name: "types of tests", command: "tsc", options: ["-p", "test"] },
  { name: "lint", command: "oxlint", options: ["--type-aware", "--threads", THREADS, "packages", "test", "docker"] },
  { name: "format", command: "biome", options: ["check", "--config-path=.biome.json", "packages", "test", "docker"] },
  {
    name: "import rules",
    command: "depcruise",
    options: ["--config", ".dependency-cruiser.mjs", "packages", "test", "docker"],
    mustPrint: /\([1-9]\d* modules, [1-9]\d* dependencies cruised\)/,
  },
  { name: "unused code", command: "knip", options: ["--no-progress"] },
];

/** Runs every check. @returns how many passed and failed */
export function runChecks(): { passed: number; failed: number } {
  let failed = 0;
  for (const check of CHECKS) {
    const startedMs = performance.now();
    const binary = join(repositoryRoot, "node_modules", ".bin", check.command);
    const result = spawnSync(binary, check.options, { cwd: repositoryRoot, encoding: "utf8" });
    const output = `${result.stdout ?? ""}${result.stderr ?? ""}${result.error?.message ?? ""}`;
    const passed = result.status === 0 && (check.mustPrint === undefined || check.mustPrint.test(output));
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    process.stdout.write(`${passed ? "ok  " : "FAIL"} ${check.name} (${seconds} s)\n`);
    if (passed) continue;
    failed += 1;
    process.stdout.write(`${output}\n`);
  }
  return { passed: CHECKS.length - failed, failed };
}

if (import.meta.main) {
  process.exitCode = runChecks().failed === 0 ? 0 : 1;
}
