import { InputError } from "@forkyard/core/errors";
import type { ScenarioResult } from "../run/result.ts";
import { runOne } from "../run/run-scenario.ts";
import { simulatedWorlds } from "../run/simulated-worlds.ts";
import { parseScenario } from "../scenario/parse-scenario.ts";
import type { Measured } from "./sweep-file.ts";
import type { SweepJob } from "./sweep-points.ts";

/** The scenario that a thread runs again and again. */
export interface SweepScenario {
  readonly text: string;
  readonly fileName: string;
  readonly measures: readonly string[];
}

/** One run of a sweep in the simulator, variants left out. @throws InputError for a measure that is no number */
export async function measureRun(data: SweepScenario, { settings, seed }: SweepJob): Promise<Measured> {
  const { text, fileName, measures } = data;
  const scenario = parseScenario(text, fileName, { settings });
  const result = await runOne(scenario, undefined, simulatedWorlds, { seed, source: text });
  return Object.fromEntries(measures.map((measure) => [measure, valueOf(result, measure)]));
}

function valueOf(result: Omit<ScenarioResult, "variants">, measure: string): number | boolean {
  if (measure === "passed") return result.passed;
  const [actor = "", field = ""] = measure.split(".");
  const outcome = result.result[actor];
  const fields = typeof outcome === "object" && outcome !== null ? Object.entries(outcome) : [];
  const value = fields.find(([name]) => name === field)?.[1];
  if (typeof value === "number" || typeof value === "boolean") return value;
  const known = fields.flatMap(([name, one]) => (typeof one === "number" || typeof one === "boolean" ? [name] : []));
  throw new InputError(`the measure ${measure} is no number: ${actor} measures ${known.join(", ") || "nothing"}`);
}
