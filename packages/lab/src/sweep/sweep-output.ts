import type { LinePlot } from "../plot/line-plot.ts";
import type { SweepHeader } from "./sweep-file.ts";
import type { PointSummary } from "./sweep-summary.ts";

/** A table with one line for each point: settings, then mean, low, high and runs of each measure. */
export function sweepCsv({ plan }: SweepHeader, points: readonly PointSummary[]): string {
  const paths = plan.ranges.map(({ path }) => path);
  const columns = plan.measures.flatMap((measure) => [measure, `${measure}.low`, `${measure}.high`, `${measure}.runs`]);
  const lines = points.map(({ settings, measures }) => [
    ...paths.map((path) => settings[path]),
    ...plan.measures.flatMap((measure) => {
      const { mean, low, high, runs } = measures[measure] ?? { mean: null, low: null, high: null, runs: 0 };
      return [mean ?? "", low ?? "", high ?? "", runs];
    }),
  ]);
  return [[...paths, ...columns], ...lines].map((line) => `${line.map(csvField).join(",")}\n`).join("");
}

/** RFC 4180. */
function csvField(value: unknown): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The first measure over the first range; one series for each combination of the other ranges' values. */
export function sweepPlot(header: SweepHeader, points: readonly PointSummary[]): LinePlot {
  const { sweep, plan } = header;
  const [first, ...others] = plan.ranges;
  const [measure = ""] = plan.measures;
  const seriesOf = ({ settings }: PointSummary): string =>
    others.map(({ path }) => `${path} ${String(settings[path])}`).join(", ");
  const groups = Map.groupBy(points, seriesOf);
  return {
    title: sweep,
    xLabel: first?.path ?? "",
    yLabel: measure,
    series: [...groups].map(([name, group]) => ({
      name: name === "" ? measure : name,
      points: group.flatMap(({ settings, measures }, place) => {
        const { mean, low, high } = measures[measure] ?? {};
        if (mean === null || mean === undefined || low == null || high == null) return [];
        return [{ x: first === undefined ? 0 : numberOf(settings[first.path], place), y: mean, low, high }];
      }),
    })),
  };
}

/** `30%` is 30, `2h` is 2; what is no number stands at its place in the list. */
function numberOf(value: unknown, place: number): number {
  const number = Number.parseFloat(String(value));
  return Number.isNaN(number) ? place : number;
}
