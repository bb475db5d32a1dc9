import { CONFIDENCE_DEVIATIONS, wilsonInterval } from "../odds/wilson-interval.ts";
import type { Settings } from "../scenario/build/with-settings.ts";
import type { SweepResults } from "./sweep-file.ts";
import { sweepPoints } from "./sweep-points.ts";

/** What the runs of one point come to, for one measure. */
export interface MeasureSummary {
  /** Share of runs in which it was true, or the mean. Null: no run has given a number yet. */
  readonly mean: number | null;
  /** 99% confidence interval of it: Wilson's for true and false, the normal one for numbers. */
  readonly low: number | null;
  readonly high: number | null;
  readonly runs: number;
}

export interface PointSummary {
  readonly settings: Settings;
  readonly measures: Readonly<Record<string, MeasureSummary>>;
}

/** One line for each point, those without runs included. */
export function summarise({ header, results }: SweepResults): readonly PointSummary[] {
  const { plan } = header;
  const byPoint = Map.groupBy(results, ({ point }) => point);
  return sweepPoints(plan).map((settings, point) => {
    const runs = byPoint.get(point) ?? [];
    const measures = plan.measures.map((measure) => {
      const values = runs.flatMap(({ measured }) => measured[measure] ?? []);
      return [measure, summaryOf(values)] as const;
    });
    return { settings, measures: Object.fromEntries(measures) };
  });
}

function summaryOf(values: readonly (number | boolean)[]): MeasureSummary {
  const runs = values.length;
  if (runs === 0) return { mean: null, low: null, high: null, runs };
  if (values.every((value) => typeof value === "boolean")) {
    const successes = values.filter(Boolean).length;
    return { mean: successes / runs, ...wilsonInterval(successes, runs), runs };
  }
  const numbers = values.map(Number);
  const mean = numbers.reduce((sum, value) => sum + value, 0) / runs;
  const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = runs === 1 ? 0 : (CONFIDENCE_DEVIATIONS * Math.sqrt(squares / (runs - 1))) / Math.sqrt(runs);
  return { mean, low: mean - half, high: mean + half, runs };
}
