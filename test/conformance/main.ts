/**
 * `pnpm conformance [--json] [--vectors FOLDER]`: runs every file of the vectors and prints, for each, how many cases
 * passed, failed and were skipped; a failure prints the case. Exit code 0 when nothing failed, 1 when something did or
 * there was no file, 2 for a folder that cannot be read or an unknown option.
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { installSha256 } from "@forkyard/consensus/sha256/install-sha256";
import { type FileResult, runFile } from "./support/run-file.ts";
import type { VectorFile } from "./support/suite.ts";
import { defaultVectorFolder, vectorFiles } from "./support/vector-folder.ts";

/** Failed cases of one file that are printed in full; the rest is counted. */
const SHOWN_FAILURES = 20;
const EXIT_USAGE = 2;

installSha256();
process.exitCode = run(process.argv.slice(2));

function run(words: readonly string[]): number {
  const options = readOptions(words);
  if (options === undefined) return EXIT_USAGE;
  const results: FileResult[] = [];
  for (const file of options.files) {
    const result = runFile(file);
    results.push(result);
    if (!options.json) process.stdout.write(textOf(result));
  }
  const total = {
    passed: sum(results, ({ passed }) => passed),
    failed: sum(results, ({ failures }) => failures.length),
    skipped: sum(results, ({ skips }) => skips.length),
  };
  if (options.json) process.stdout.write(`${JSON.stringify({ ...total, files: results.map(documentOf) })}\n`);
  else process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  return total.failed === 0 && results.length > 0 ? 0 : 1;
}

function readOptions(words: readonly string[]): { json: boolean; files: readonly VectorFile[] } | undefined {
  try {
    const { values } = parseArgs({
      args: words.filter((word) => word !== "--"),
      options: { json: { type: "boolean", default: false }, vectors: { type: "string" } },
    });
    // The package manager starts scripts in the repository, but people name folders from where they are.
    const folder = resolve(process.env["INIT_CWD"] ?? ".", values.vectors ?? defaultVectorFolder());
    if (!existsSync(folder)) throw new Error(`there is no folder ${folder}: name one with --vectors`);
    return { json: values.json, files: vectorFiles(folder) };
  } catch (error) {
    process.stderr.write(`conformance: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

function textOf({ file, passed, failures, skips }: FileResult): string {
  const lines = [
    `${failures.length === 0 ? "ok  " : "FAIL"} ${file}: ${passed} passed, ${failures.length} failed, ${skips.length} skipped`,
  ];
  for (const { name, reason } of failures.slice(0, SHOWN_FAILURES)) lines.push(`     failed: ${name}`, indent(reason));
  if (failures.length > SHOWN_FAILURES) lines.push(`     and ${failures.length - SHOWN_FAILURES} more`);
  const reasons = Map.groupBy(skips, ({ reason }) => reason);
  for (const [reason, cases] of reasons) lines.push(`     skipped ${cases.length}: ${reason}`);
  return `${lines.join("\n")}\n`;
}

function documentOf({ file, passed, failures, skips }: FileResult): object {
  return {
    file,
    passed,
    failed: failures.length,
    skipped: skips.length,
    ...(failures.length === 0 ? {} : { failures }),
    ...(skips.length === 0 ? {} : { skipReasons: [...new Set(skips.map(({ reason }) => reason))] }),
  };
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `       ${line}`)
    .join("\n");
}

function sum(results: readonly FileResult[], count: (result: FileResult) => number): number {
  return results.reduce((total, result) => total + count(result), 0);
}
