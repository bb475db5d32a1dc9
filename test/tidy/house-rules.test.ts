/**
 * The house rules as a test: lengths of files and functions, and no clock, timer or randomness outside
 * the adapters and the programs at the edge (devnet, cli).
 * `exceptions.json` lists who may break which rule and why. The list may only shrink: an entry that nobody needs any
 * more fails too.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../repository-root.ts";

interface Exception {
  readonly file: string;
  readonly rule: string;
  readonly reason: string;
}

interface Diagnostic {
  readonly message: string;
  readonly code: string;
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly line: number } }[];
}

const exceptions = JSON.parse(
  readFileSync(join(repositoryRoot, "test/tidy/exceptions.json"), "utf8"),
) as readonly Exception[];

function diagnostics(): readonly Diagnostic[] {
  const oxlint = join(repositoryRoot, "node_modules", ".bin", "oxlint");
  const options = ["-c", ".oxlint-house-rules.json", "--format=json", "packages", "test", "docker"];
  const result = spawnSync(oxlint, options, { cwd: repositoryRoot, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  const report = JSON.parse(result.stdout) as { diagnostics: readonly Diagnostic[]; number_of_files: number };
  assert.ok(report.number_of_files > 100, `only ${report.number_of_files} files were looked at`);
  return report.diagnostics;
}

/** "eslint(max-lines)" becomes "max-lines". */
function ruleOf(diagnostic: Diagnostic): string {
  return /\(([^)]+)\)/.exec(diagnostic.code)?.[1] ?? diagnostic.code;
}

const found = diagnostics();

test("no file breaks a house rule without a reason", () => {
  const unexcused = found.filter(
    (diagnostic) =>
      !exceptions.some((exception) => exception.file === diagnostic.filename && exception.rule === ruleOf(diagnostic)),
  );
  const lines = unexcused.map(
    (diagnostic) =>
      `${diagnostic.filename}:${diagnostic.labels[0]?.span.line ?? 0} ${ruleOf(diagnostic)}: ${diagnostic.message}`,
  );
  assert.deepEqual(lines, []);
});

test("every exception is still needed and says why", () => {
  for (const exception of exceptions) {
    assert.ok(exception.reason.length > 20, `${exception.file}: an exception needs a reason`);
    const needed = found.some(
      (diagnostic) => diagnostic.filename === exception.file && ruleOf(diagnostic) === exception.rule,
    );
    assert.ok(needed, `${exception.file} no longer breaks ${exception.rule}: take it off the list`);
  }
});
