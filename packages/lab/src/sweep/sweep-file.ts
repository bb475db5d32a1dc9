import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { InputError } from "@forkyard/core/errors";
import { z } from "zod";
import type { SweepPlan } from "../scenario/model.ts";

/** What a run of a sweep measured. `true` and `false` stand for themselves. */
export type Measured = Readonly<Record<string, number | boolean>>;

/** The first line of a results file: which sweep it belongs to. */
export interface SweepHeader {
  readonly sweep: string;
  /** SHA-256 of the scenario file: results of different files do not mix. */
  readonly scenarioHash: string;
  readonly firstSeed: number;
  readonly plan: SweepPlan;
}

/** Each further line: one run. */
export interface SweepResult {
  readonly job: number;
  readonly point: number;
  readonly seed: number;
  readonly measured: Measured;
}

export interface SweepResults {
  readonly header: SweepHeader;
  readonly results: readonly SweepResult[];
}

const headerSchema: z.ZodType<SweepHeader> = z.strictObject({
  sweep: z.string(),
  scenarioHash: z.string(),
  firstSeed: z.number(),
  plan: z.strictObject({
    ranges: z.array(z.strictObject({ path: z.string(), values: z.array(z.union([z.number(), z.string()])) })),
    seeds: z.number(),
    measures: z.array(z.string()),
  }),
});

const resultSchema: z.ZodType<SweepResult> = z.strictObject({
  job: z.number(),
  point: z.number(),
  seed: z.number(),
  measured: z.record(z.string(), z.union([z.number(), z.boolean()])),
});

/** Results of a sweep in a file: one line for each run, written as it ends, so that a sweep can be gone on with. */
export class SweepFile {
  readonly #path: string;
  readonly done: ReadonlySet<number>;

  private constructor(path: string, done: ReadonlySet<number>) {
    this.#path = path;
    this.done = done;
  }

  /** Begins a file, or goes on with one of the same sweep. @throws InputError when it holds something else */
  static open(path: string, header: SweepHeader): SweepFile {
    if (!existsSync(path)) {
      writeFileSync(path, `${JSON.stringify(header)}\n`);
      return new SweepFile(path, new Set());
    }
    cutTornLine(path);
    const { header: found, results } = readSweepFile(path);
    if (JSON.stringify(found) !== JSON.stringify(header)) {
      throw new InputError(`${path} holds the results of another sweep, scenario or seed: give another --out`);
    }
    return new SweepFile(path, new Set(results.map(({ job }) => job)));
  }

  append(result: SweepResult): void {
    appendFileSync(this.#path, `${JSON.stringify(result)}\n`);
  }
}

/** @throws InputError naming the file and the line */
export function readSweepFile(path: string): SweepResults {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new InputError(`cannot read the sweep results ${path}: ${(error as Error).message}`);
  }
  const lines = text.split("\n").filter((line) => line !== "");
  const header = readLine(headerSchema, lines[0] ?? "", `${path}:1`);
  return { header, results: lines.slice(1).map((line, i) => readLine(resultSchema, line, `${path}:${i + 2}`)) };
}

function readLine<T>(schema: z.ZodType<T>, line: string, where: string): T {
  try {
    return schema.parse(JSON.parse(line));
  } catch {
    throw new InputError(`${where}: not a line of sweep results`);
  }
}

/** A run that was being written when the machine went down is done again. */
function cutTornLine(path: string): void {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(10) + 1;
  if (end < bytes.length) truncateSync(path, end);
}
