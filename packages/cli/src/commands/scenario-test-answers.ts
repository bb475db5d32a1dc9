import { availableParallelism } from "node:os";
import { MAX_BATCH_RUNS, MAX_BATCH_THREADS } from "@forkyard/lab/batch/limits";
import { type BatchJob, runBatch } from "@forkyard/lab/batch/run-batch";
import type { ScenarioResult } from "@forkyard/lab/run/result";
import { parseScenario } from "@forkyard/lab/scenario/parse-scenario";
import { ScenarioFileError } from "@forkyard/lab/scenario/scenario-file-error";
import { outputOf } from "../context.ts";
import { CommandFailed, EXIT_USAGE } from "../exit-code.ts";
import type { Output } from "../output/output.ts";
import { showMistakes } from "../scenario/file-mistakes.ts";
import { findScenario, libraryEntries, readScenarioText } from "../scenario/library.ts";
import { writeJunit } from "../scenario/run-files.ts";
import { parseWhole } from "./odds-options.ts";
import { parseSeed } from "./scenario-run.ts";

export interface ScenarioTestOptions {
  readonly json?: boolean;
  readonly seeds: string;
  readonly seed?: string;
  readonly twice?: boolean;
  readonly threads?: string;
  readonly junit?: string;
}

const MS_PER_SECOND = 1_000;
const MAX_SEED = 0xffffffff;
const HASH_CHARACTERS = 16;

/** Answers `forkyard scenario test`. @throws CommandFailed when a file is wrong or an expectation does not hold */
export async function answerScenarioTest(names: readonly string[], options: ScenarioTestOptions): Promise<void> {
  const output = outputOf(options);
  const threads =
    options.threads === undefined
      ? availableParallelism()
      : parseWhole("--threads", options.threads, 1, MAX_BATCH_THREADS);
  const files = names.length === 0 ? libraryEntries().map(({ file }) => file) : names.map(findScenario);
  const jobs = jobsOf(files, options, output);
  const begunMs = performance.now();
  let ended = 0;
  const results = await runBatch({
    jobs,
    threads,
    done(job, result) {
      ended += 1;
      output.progress(`${ended} of ${jobs.length}: ${result.name}, seed ${job.seed}`);
    },
  });
  const seconds = (performance.now() - begunMs) / MS_PER_SECOND;
  output.progress("");
  if (options.junit !== undefined) writeJunit(options.junit, ...results);
  const passed = results.filter((result) => result.passed).length;
  const document = { runs: results.length, passed, seconds: Number(seconds.toFixed(1)), results };
  output.result(document, () => [
    ...results.flatMap((result) => resultLines(result, output)),
    "",
    `${passed} of ${results.length} runs passed in ${seconds.toFixed(1)} s`,
  ]);
  if (passed < results.length) throw new CommandFailed("an expectation does not hold");
}

/** Every file with every seed; all files are read before anything is run. @throws CommandFailed */
function jobsOf(files: readonly string[], options: ScenarioTestOptions, output: Output): readonly BatchJob[] {
  const seeds = parseWhole("--seeds", options.seeds, 1, MAX_BATCH_RUNS);
  const first = options.seed === undefined ? undefined : parseSeed(options.seed);
  const wrong: ScenarioFileError[] = [];
  const jobs = files.flatMap((fileName) => {
    const text = readScenarioText(fileName);
    try {
      const from = first ?? parseScenario(text, fileName).seed;
      return Array.from({ length: seeds }, (_, i): BatchJob => {
        const seed = (from + i) % (MAX_SEED + 1);
        return { text, fileName, seed, twice: options.twice === true };
      });
    } catch (error) {
      if (!(error instanceof ScenarioFileError)) throw error;
      wrong.push(error);
      return [];
    }
  });
  if (wrong.length === 0) return jobs;
  showMistakes(output, wrong);
  throw new CommandFailed("a scenario file is wrong", EXIT_USAGE);
}

/** One line for a run, and one for each expectation that does not hold. */
function resultLines(result: ScenarioResult, output: Output): readonly string[] {
  const mark = result.passed ? output.style("green", "✔") : output.style("red", "✘");
  const trace = output.style("dim", `trace ${result.traceHash.slice(0, HASH_CHARACTERS)}`);
  const runs = [{ variant: undefined, ...result }, ...result.variants];
  const failures = runs.flatMap(({ variant, expectations }) =>
    expectations
      .filter(({ passed }) => !passed)
      .map(({ text, observed }) => `    ${variant === undefined ? "" : `${variant}: `}${text} — ${observed}`),
  );
  return [`${mark} ${result.name}, seed ${result.seed}  ${trace}`, ...failures];
}
