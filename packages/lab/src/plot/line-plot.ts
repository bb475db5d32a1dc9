import { type Axis, linearAxis, logAxis, tickText } from "./axis.ts";

/** A point, with the ends of its interval where it has one. */
export interface PlotPoint {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

export interface PlotSeries {
  readonly name: string;
  /** In the order in which they are joined. Points with an interval are drawn as dots with bars, and not joined. */
  readonly points: readonly PlotPoint[];
}

export interface LinePlot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly PlotSeries[];
  /** Powers of ten upwards; points at or below 0 are left out. */
  readonly logY?: boolean;
}

/** In pixels at natural size; the picture scales to any width. */
const WIDTH = 800;
const HEIGHT = 500;
const LEFT = 80;
const RIGHT = 24;
const TOP = 48;
const LEGEND_LINE = 20;
const BOTTOM = 64;
/** Colours that differ for the colour-blind too, and in grey (M. Okabe and K. Ito). */
const COLOURS: readonly string[] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];
/** So that lines differ in print as well. */
const DASHES: readonly string[] = ["", "8 4", "2 3", "10 3 2 3"];

interface Frame {
  readonly x: Axis;
  readonly y: Axis;
  /** Lower edge of the drawing area. */
  readonly bottom: number;
}

/** A line plot as a self-contained SVG document. */
export function linePlot(plot: LinePlot): string {
  const series = plot.series.map(({ name, points }) => ({
    name,
    points: points.filter((point) => drawable(point, plot)),
  }));
  const points = series.flatMap((line) => line.points);
  const heights = points.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]);
  const frame: Frame = {
    x: linearAxis(points.map(({ x }) => x)),
    y: plot.logY === true ? logAxis(heights) : linearAxis(heights),
    bottom: HEIGHT - BOTTOM,
  };
  const height = HEIGHT + LEGEND_LINE * series.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="14">`,
    `<title>${escaped(plot.title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(WIDTH / 2, TOP / 2 + 6, plot.title, 'text-anchor="middle" font-size="17" font-weight="bold"'),
    ...axes(frame, plot),
    ...series.flatMap((line, i) => [...drawSeries(line, i, frame), ...legendEntry(line, i)]),
    "</svg>",
    "",
  ].join("\n");
}

function drawable({ x, y }: PlotPoint, { logY }: LinePlot): boolean {
  return Number.isFinite(x) && Number.isFinite(y) && (logY !== true || y > 0);
}

function axes(frame: Frame, { xLabel, yLabel }: LinePlot): readonly string[] {
  const { bottom } = frame;
  const right = WIDTH - RIGHT;
  const middle = (TOP + bottom) / 2;
  return [
    ...frame.y.ticks.flatMap((value) => [
      stroke([LEFT, right], [yOf(frame, value), yOf(frame, value)], 'stroke="#dddddd"'),
      text(LEFT - 8, yOf(frame, value) + 5, tickText(value), 'text-anchor="end"'),
    ]),
    ...frame.x.ticks.flatMap((value) => [
      stroke([xOf(frame, value), xOf(frame, value)], [bottom, bottom + 5], 'stroke="#333333"'),
      text(xOf(frame, value), bottom + 21, tickText(value), 'text-anchor="middle"'),
    ]),
    stroke([LEFT, right], [bottom, bottom], 'stroke="#333333"'),
    stroke([LEFT, LEFT], [TOP, bottom], 'stroke="#333333"'),
    text((LEFT + right) / 2, bottom + 46, xLabel, 'text-anchor="middle"'),
    text(20, middle, yLabel, `text-anchor="middle" transform="rotate(-90 20 ${middle})"`),
  ];
}

function drawSeries({ points }: PlotSeries, number: number, frame: Frame): readonly string[] {
  const colour = colourOf(number);
  const joined = points.filter(({ low, high }) => low === undefined && high === undefined);
  const dots = points.filter(({ low, high }) => low !== undefined || high !== undefined);
  const path = joined.map(({ x, y }) => `${round(xOf(frame, x))},${round(yOf(frame, y))}`).join(" ");
  return [
    ...(joined.length === 0
      ? []
      : [`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"${dashOf(number)}/>`]),
    ...dots.flatMap(({ x, y, low, high }) => {
      const at = xOf(frame, x);
      // A low end at or below what a logarithmic axis holds goes down to its foot.
      const foot = Math.max(low ?? y, frame.y.low);
      return [
        stroke([at, at], [yOf(frame, foot), yOf(frame, high ?? y)], `stroke="${colour}" stroke-width="1.5"`),
        `<circle cx="${round(at)}" cy="${round(yOf(frame, y))}" r="3.5" fill="${colour}"/>`,
      ];
    }),
  ];
}

function legendEntry({ name, points }: PlotSeries, number: number): readonly string[] {
  const y = HEIGHT + LEGEND_LINE * number;
  const colour = colourOf(number);
  const asDots = points.length > 0 && points.every(({ low, high }) => low !== undefined || high !== undefined);
  const sign = asDots
    ? `<circle cx="${LEFT + 15}" cy="${y}" r="3.5" fill="${colour}"/>`
    : stroke([LEFT, LEFT + 30], [y, y], `stroke="${colour}" stroke-width="2"${dashOf(number)}`);
  return [sign, text(LEFT + 40, y + 5, name, "")];
}

function xOf({ x }: Frame, value: number): number {
  return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
}

function yOf({ y, bottom }: Frame, value: number): number {
  return bottom - y.place(value) * (bottom - TOP);
}

function colourOf(number: number): string {
  return COLOURS[number % COLOURS.length] ?? "#000000";
}

function dashOf(number: number): string {
  const dash = DASHES[number % DASHES.length] ?? "";
  return dash === "" ? "" : ` stroke-dasharray="${dash}"`;
}

function stroke([x1, x2]: readonly [number, number], [y1, y2]: readonly [number, number], style: string): string {
  return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ${style}/>`;
}

function text(x: number, y: number, content: string, style: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${style}>${escaped(content)}</text>`;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
