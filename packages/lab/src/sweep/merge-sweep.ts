import { InputError } from "@forkyard/core/errors";
import { readSweepFile, type SweepResult, type SweepResults } from "./sweep-file.ts";

/**
 * Joins the parts of a sweep that ran on several machines.
 * @throws InputError when they are not parts of one sweep, or contradict one another
 */
export function mergeSweeps(paths: readonly string[]): SweepResults {
  const [first, ...others] = paths.map((path) => ({ path, ...readSweepFile(path) }));
  if (first === undefined) throw new InputError("name the result files to merge");
  const results = new Map<number, SweepResult>();
  for (const part of [first, ...others]) {
    if (JSON.stringify(part.header) !== JSON.stringify(first.header)) {
      throw new InputError(`${part.path} and ${first.path} are not parts of one sweep`);
    }
    for (const result of part.results) {
      const known = results.get(result.job);
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(result)) {
        throw new InputError(`${part.path} has another result for run ${result.job} than the files before it`);
      }
      results.set(result.job, result);
    }
  }
  return { header: first.header, results: [...results.values()].toSorted((a, b) => a.job - b.job) };
}
