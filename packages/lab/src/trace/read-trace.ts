import { InputError } from "@forkyard/core/errors";
import type { Scenario } from "../scenario/model.ts";
import { parseScenario } from "../scenario/parse-scenario.ts";
import { TRACE_VERSION, type TraceEntry, type TraceOrigin, type TraceRun } from "./trace-entry.ts";

/** Gives the lines of a trace one after the other, without their ends; undefined after the last. */
export type LineSource = () => string | undefined;

/** @throws InputError when the line is none of a trace */
export function parseTraceLine(line: string, number: number): TraceEntry {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    throw new InputError(`line ${number} of the trace is not JSON: it was cut off or changed`);
  }
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    throw new InputError(`line ${number} is no line of a trace`);
  }
  return entry as TraceEntry;
}

/** @throws InputError when this is no trace, or one of another version */
export function readOrigin(line: string | undefined): TraceOrigin {
  const entry = line === undefined ? undefined : parseTraceLine(line, 1);
  if (entry === undefined || !("origin" in entry))
    throw new InputError("this is no trace: its first line says who wrote it");
  const version: number = entry.origin.trace;
  if (version !== TRACE_VERSION) {
    throw new InputError(`a trace of version ${version}: this program reads version ${TRACE_VERSION}`);
  }
  return entry.origin;
}

/** Whether a trace is of a live devnet. */
export function isLiveTrace(next: LineSource): boolean {
  readOrigin(next());
  const line = next();
  return line !== undefined && readRun(line, 2).world === "live";
}

/** @throws InputError when the line does not begin a run */
export function readRun(line: string, number: number): TraceRun {
  const entry = parseTraceLine(line, number);
  if (!("run" in entry) || !isRun(entry.run)) throw new InputError(`line ${number} of the trace should begin a run`);
  return entry.run;
}

function isRun(run: TraceRun): boolean {
  const { name, world, seed, scenario, variant } = run as Partial<TraceRun>;
  const known = world === "sim" || world === "live";
  const texts = typeof name === "string" && typeof scenario === "string" && typeof (variant ?? "") === "string";
  return known && texts && Number.isSafeInteger(seed);
}

/** The scenario that a run was of: the file that the trace holds, or a variant in it. */
export function scenarioOfRun(run: TraceRun): Scenario {
  const scenario = parseScenario(run.scenario, `${run.name}.yaml`);
  if (run.variant === undefined) return scenario;
  const variant = scenario.variants.find(({ name }) => name === run.variant);
  if (variant === undefined)
    throw new InputError(`the scenario in the trace has no variant ${JSON.stringify(run.variant)}`);
  return variant.scenario;
}

/** When something in a trace happened; undefined for lines without a time. */
export function timeOf(entry: TraceEntry): number | undefined {
  if ("event" in entry) return entry.event.atMs;
  return "at" in entry ? entry.at : undefined;
}
