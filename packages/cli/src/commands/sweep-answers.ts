import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { InputError } from "@forkyard/core/errors";
import { printable, quoted } from "@forkyard/core/printable";
import { MAX_SWEEP_SEEDS } from "@forkyard/lab/limits";
import { parseScenario } from "@forkyard/lab/scenario/parse-scenario";
import { MAX_SWEEP_THREADS } from "@forkyard/lab/sweep/limits";
import { mergeSweeps } from "@forkyard/lab/sweep/merge-sweep";
import { runSweep } from "@forkyard/lab/sweep/run-sweep";
import type { SweepResults } from "@forkyard/lab/sweep/sweep-file";
import { sweepCsv, sweepPlot } from "@forkyard/lab/sweep/sweep-output";
import { parseShard } from "@forkyard/lab/sweep/sweep-points";
import { type MeasureSummary, type PointSummary, summarise } from "@forkyard/lab/sweep/sweep-summary";
import { outputOf } from "../context.ts";
import type { Output } from "../output/output.ts";
import { table } from "../output/table.ts";
import { writePlot } from "../output/write-plot.ts";
import { orShowMistakes } from "../scenario/file-mistakes.ts";
import { findScenario, readScenarioText } from "../scenario/library.ts";
import { parseWhole } from "./odds-options.ts";

interface OutputOptions {
  readonly json?: boolean;
  readonly csv?: string;
  readonly plot?: string;
}

export type SweepMergeOptions = OutputOptions;

export interface SweepRunOptions extends OutputOptions {
  readonly seeds?: string;
  readonly seed?: string;
  readonly shard: string;
  readonly out?: string;
  readonly threads?: string;
}

/** Runs a sweep, or goes on with one. */
export async function answerSweepRun(scenario: string, options: SweepRunOptions): Promise<void> {
  const output = outputOf(options);
  const { seeds, seed, threads = String(availableParallelism()) } = options;
  const file = findScenario(scenario);
  const resultsFile = options.out ?? `${basename(file, ".yaml")}.sweep.jsonl`;
  const request = {
    text: readScenarioText(file),
    fileName: file,
    ...(seeds === undefined ? {} : { seeds: parseWhole("--seeds", seeds, 1, MAX_SWEEP_SEEDS) }),
    ...(seed === undefined ? {} : { firstSeed: parseWhole("--seed", seed, 0, Number.MAX_SAFE_INTEGER) }),
    shard: parseShard(options.shard),
    resultsFile,
    threads: parseWhole("--threads", threads, 1, MAX_SWEEP_THREADS),
    progress: (done: number, of: number) => output.progress(`${done} of ${of} runs`),
  };
  orShowMistakes(output, () => parseScenario(request.text, file));
  show(await runSweep(request), options, output, resultsFile);
}

/** Joins the parts of a sweep. */
export function answerSweepMerge(files: readonly string[], options: SweepMergeOptions): void {
  show(mergeSweeps(files), options, outputOf(options), undefined);
}

function show(results: SweepResults, options: OutputOptions, output: Output, resultsFile: string | undefined): void {
  const { header } = results;
  const points = summarise(results);
  if (options.csv !== undefined) writeTable(options.csv, sweepCsv(header, points));
  if (options.plot !== undefined) writePlot(options.plot, sweepPlot(header, points));
  const wanted = points.length * header.plan.seeds;
  const document = {
    sweep: header.sweep,
    firstSeed: header.firstSeed,
    seeds: header.plan.seeds,
    runs: results.results.length,
    wanted,
    points,
    ...(resultsFile === undefined ? {} : { results: resultsFile }),
  };
  output.result(document, () => [
    ...pointLines(results, points),
    `${results.results.length} of ${wanted} runs${resultsFile === undefined ? "" : ` in ${resultsFile}`}`,
  ]);
}

function pointLines({ header }: SweepResults, points: readonly PointSummary[]): readonly string[] {
  const paths = header.plan.ranges.map(({ path }) => path);
  const { measures } = header.plan;
  const rows = points.map(({ settings, measures: found }) => [
    ...paths.map((path) => String(settings[path])),
    ...measures.map((measure) => measureText(found[measure])),
  ]);
  return table([...paths, ...measures], rows);
}

function measureText(summary: MeasureSummary | undefined): string {
  if (summary?.mean == null) return "-";
  const half = ((summary.high ?? 0) - (summary.low ?? 0)) / 2;
  return `${significant(summary.mean)} ± ${significant(half)}`;
}

function significant(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function writeTable(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new InputError(`--csv: cannot write ${quoted(file)}: ${printable((error as Error).message)}`);
  }
}
