/**
 * `npm test`: all checks, then all tests. Ends with a line "N passed, N failed".
 * Arguments are globs of test files to run instead of all.
 */

import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { runChecks } from "./check.ts";
import { repositoryRoot } from "./repository-root.ts";

const ALL_TESTS = ["packages/*/src/**/*.test.ts", "test/**/*.test.ts"];
/** Longest that one test file may take. */
const FILE_LIMIT_MS = 10 * 60 * 1000;

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

const chosen = process.argv.slice(2);
const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
if (chosen.length === 0) {
  const checks = runChecks();
  totals.passed += checks.passed;
  totals.failed += checks.failed;
}
await runTests(chosen.length === 0 ? ALL_TESTS : chosen, totals);
if (totals.passed === 0) totals.failed += 1;
process.stdout.write(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
process.exitCode = totals.failed === 0 ? 0 : 1;

/** End-to-end tests start whole devnets and measure them, so each gets the machine to itself, after all others. */
async function runTests(globs: readonly string[], counted: Totals): Promise<void> {
  const files = globSync([...globs], { cwd: repositoryRoot, exclude: ["**/node_modules/**"] }).toSorted();
  const alone = files.filter((file) => file.startsWith("test/e2e/") || file.startsWith("test/faults/"));
  await runFiles(
    files.filter((file) => !alone.includes(file)),
    availableParallelism(),
    counted,
  );
  await runFiles(alone, 1, counted);
}

async function runFiles(files: readonly string[], concurrency: number, counted: Totals): Promise<void> {
  if (files.length === 0) return;
  const stream = run({
    files: [...files],
    cwd: repositoryRoot,
    concurrency,
    timeout: FILE_LIMIT_MS,
    execArgv: ["--conditions=forkyard:source"],
  });
  stream.on("test:pass", (event) => {
    if (event.details.type === "suite") return;
    if (event.skip === undefined && event.todo === undefined) counted.passed += 1;
    else counted.skipped += 1;
  });
  stream.on("test:fail", (event) => {
    if (event.details.type !== "suite") counted.failed += 1;
  });
  const ended = new Promise<void>((resolve, reject) => {
    stream.on("end", resolve);
    stream.on("error", reject);
  });
  stream.compose(spec).pipe(process.stdout, { end: false });
  await ended;
}
