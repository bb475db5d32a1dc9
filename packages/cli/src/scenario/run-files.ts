import { writeFileSync } from "node:fs";
import { InputError } from "@forkyard/core/errors";
import { renderReport } from "@forkyard/lab/report/render-report";
import { junitXml } from "@forkyard/lab/run/junit";
import type { ScenarioResult } from "@forkyard/lab/run/result";
import type { Scenario } from "@forkyard/lab/scenario/model";
import type { WorldEvent } from "@forkyard/lab/world/event";

export interface FinishedRun {
  readonly result: ScenarioResult;
  readonly events: readonly WorldEvent[];
  readonly command: string;
}

/** Writes the page about a run. */
export function writeReport(file: string, scenario: Scenario, run: FinishedRun): void {
  const { title, explanation } = scenario;
  const nodes = scenario.nodes.map(({ name, hashShare }) => ({ name, hashShare }));
  write(file, renderReport({ title, explanation, nodes, ...run }));
}

export function writeJunit(file: string, result: ScenarioResult): void {
  write(file, junitXml(result));
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new InputError(`cannot write ${JSON.stringify(file)}: ${(error as Error).message}`);
  }
}
