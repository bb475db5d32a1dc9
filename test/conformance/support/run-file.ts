import { SKIPPED_FILES, SUITES } from "../suites.ts";
import { SkippedCase, type VectorFile } from "./suite.ts";

/** A case that failed or was skipped, and why. */
interface CaseNote {
  readonly name: string;
  readonly reason: string;
}

export interface FileResult {
  readonly file: string;
  readonly passed: number;
  readonly failures: readonly CaseNote[];
  readonly skips: readonly CaseNote[];
}

/** Runs all cases of a file. A file that no suite knows counts as one skipped case: nothing is left out silently. */
export function runFile(file: VectorFile): FileResult {
  const known = SKIPPED_FILES.find(({ files }) => files.test(file.path));
  if (known !== undefined) return skippedFile(file, known.reason);
  const suites = SUITES.filter(({ files }) => files.test(file.path));
  if (suites.length === 0) return skippedFile(file, "no suite knows this file");
  const failures: CaseNote[] = [];
  const skips: CaseNote[] = [];
  let passed = 0;
  try {
    for (const { name, check } of suites.flatMap((suite) => [...suite.cases(file)])) {
      const failed = attempt(check);
      if (failed === undefined) passed++;
      else (failed instanceof SkippedCase ? skips : failures).push({ name, reason: reasonOf(failed) });
    }
  } catch (error) {
    failures.push({ name: "the file itself", reason: reasonOf(error) });
  }
  return { file: file.path, passed, failures, skips };
}

function skippedFile(file: VectorFile, reason: string): FileResult {
  return { file: file.path, passed: 0, failures: [], skips: [{ name: "the whole file", reason }] };
}

/** What the check threw, if anything. */
function attempt(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (error) {
    return error ?? new Error("threw nothing at all");
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
