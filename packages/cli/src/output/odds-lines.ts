import type { PaperTable } from "@forkyard/lab/odds/paper-tables";
import type { Estimate } from "@forkyard/lab/odds/simulation/estimate";
import { table } from "./table.ts";

const LABEL_WIDTH = 13;
const DIGITS = 10;

/** A line with a label before it. */
export function labelled(label: string, text: string): string {
  return `${label.padEnd(LABEL_WIDTH)} ${text}`;
}

/** A chance in as many digits as are of use. */
export function chanceText(chance: number): string {
  return String(Number(chance.toPrecision(DIGITS)));
}

/** A simulated figure, its interval, and how it came about. `runs` names what was run. */
export function estimateLines(estimate: Estimate, runs: string): readonly string[] {
  const { probability, low, high, confidence, seed, seconds } = estimate;
  const interval = `${confidence * 100}% interval ${interval4(low)} to ${interval4(high)}`;
  const pace = Math.round(estimate.runs / Math.max(seconds, 0.001)).toLocaleString("en");
  return [
    labelled("simulated", `${chanceText(probability)}, ${interval}`),
    labelled(
      "",
      `${estimate.runs.toLocaleString("en")} ${runs} in ${seconds.toFixed(2)} s (${pace} a second), seed ${seed}`,
    ),
  ];
}

function interval4(end: number): string {
  return String(Number(end.toPrecision(5)));
}

/** A paper's table with its title before and its convention after it. */
export function paperTableLines(printed: PaperTable): readonly string[] {
  return [
    printed.title,
    ...table(printed.columns, printed.rows).map((line) => `  ${line}`),
    `  (${printed.model}: ${printed.convention})`,
    "",
  ];
}
