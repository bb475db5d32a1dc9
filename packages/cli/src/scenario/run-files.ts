import { writeFileSync } from "node:fs";
import { InputError } from "@forkyard/core/errors";
import type { RunRecord } from "@forkyard/lab/report/record";
import { renderReport } from "@forkyard/lab/report/render-report";
import { treeSvg } from "@forkyard/lab/report/tree-svg";
import type { WorldDifference } from "@forkyard/lab/run/compare-worlds";
import { junitXml } from "@forkyard/lab/run/junit";
import type { ScenarioResult } from "@forkyard/lab/run/result";
import type { Scenario } from "@forkyard/lab/scenario/model";
import type { WorldEvent } from "@forkyard/lab/world/event";

export interface FinishedRun {
  readonly result: ScenarioResult;
  readonly events: readonly WorldEvent[];
  readonly command: string;
  /** When it ran in the other world too. */
  readonly differences?: readonly WorldDifference[] | undefined;
}

/** Writes the page about a run. */
export function writeReport(file: string, scenario: Scenario, run: FinishedRun): void {
  write(file, renderReport(recordOf(scenario, run)));
}

/** Writes the block tree alone: as PNG when the file is called so, else as SVG. */
export async function writeTree(file: string, scenario: Scenario, run: FinishedRun): Promise<void> {
  const svg = treeSvg(recordOf(scenario, run));
  if (!/\.png$/i.test(file)) return write(file, svg);
  const { treePng } = await import("@forkyard/lab/report/tree-png");
  write(file, await treePng(svg));
}

function recordOf({ title, explanation, nodes }: Scenario, run: FinishedRun): RunRecord {
  return { title, explanation, nodes: nodes.map(({ name, hashShare }) => ({ name, hashShare })), ...run };
}

export function writeJunit(file: string, ...results: readonly ScenarioResult[]): void {
  write(file, junitXml(...results));
}

function write(file: string, text: string | Uint8Array): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new InputError(`cannot write ${JSON.stringify(file)}: ${(error as Error).message}`);
  }
}
