import type { NodeName } from "../world/world.ts";
import { MAX_TIP_ROWS } from "./limits.ts";
import { durationText, escapeText } from "./markup.ts";
import type { TipSpan } from "./tip-history.ts";

const WIDTH = 900;
const LABEL_WIDTH = 110;
const RIGHT_WIDTH = 44;
const ROW_HEIGHT = 20;
const TOP = 18;
const TICKS = 6;
/** A mark with a number of two digits. */
const MARK_WIDTH = 20;
/** None of the miners' colours. */
const WON = "#7b8794";
const LOST = "#c62f4b";

/** One row for each node: which chain its tip was on, with a mark wherever blocks were taken back. */
export function tipsSvg(histories: ReadonlyMap<NodeName, readonly TipSpan[]>, endMs: number): string {
  const rows = [...histories].slice(0, MAX_TIP_ROWS);
  const height = TOP + rows.length * ROW_HEIGHT + 22;
  const x = (ms: number): number => LABEL_WIDTH + (ms / Math.max(1, endMs)) * (WIDTH - LABEL_WIDTH - RIGHT_WIDTH);
  return [
    `<svg id="tips" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="system-ui, sans-serif" font-size="11" data-left="${LABEL_WIDTH}" data-right="${WIDTH - RIGHT_WIDTH}">`,
    "<title>Tip of each node over time</title>",
    ...ticks(endMs, x, height),
    ...rows.map(([node, spans], row) => drawRow(node, spans, TOP + row * ROW_HEIGHT, { x, endMs })),
    `<path id="now" d="M${LABEL_WIDTH} 4V${height - 20}" stroke="currentColor" stroke-width="1.5"/>`,
    "</svg>",
  ].join("\n");
}

function drawRow(
  node: NodeName,
  spans: readonly TipSpan[],
  y: number,
  { x, endMs }: { readonly x: (ms: number) => number; readonly endMs: number },
): string {
  const parts = [
    `<text x="${LABEL_WIDTH - 8}" y="${y + 13}" text-anchor="end" fill="currentColor">${escapeText(node.slice(0, 16))}</text>`,
  ];
  // Neighbours of one colour become one rectangle: a run may have thousands of blocks.
  for (let from = 0; from < spans.length; ) {
    let to = from + 1;
    while (to < spans.length && spans[to]?.won === spans[from]?.won) to++;
    const start = x(spans[from]?.fromMs ?? 0);
    const end = x(spans[to]?.fromMs ?? endMs);
    const colour = spans[from]?.won ? WON : LOST;
    parts.push(
      `<rect x="${round(start)}" y="${y + 4}" width="${round(Math.max(0.5, end - start))}" height="12" fill="${colour}" fill-opacity=".75"/>`,
    );
    from = to;
  }
  parts.push(...reorgMarks(spans, y, x));
  parts.push(
    `<text x="${WIDTH - RIGHT_WIDTH + 4}" y="${y + 13}" fill="currentColor" fill-opacity=".7">${spans.at(-1)?.height ?? ""}</text>`,
  );
  return parts.join("");
}

/** A mark for each reorganisation; its depth beside it, but where numbers would cover one another. */
function reorgMarks(spans: readonly TipSpan[], y: number, x: (ms: number) => number): string[] {
  const marks: string[] = [];
  let free = 0;
  for (const { fromMs, reorgDepth } of spans) {
    if (reorgDepth === 0) continue;
    const at = round(x(fromMs));
    const title = `<title>${reorgDepth} taken back at ${durationText(fromMs)}</title>`;
    marks.push(`<path d="M${at - 4} ${y}h8l-4 7z" fill="currentColor">${title}</path>`);
    if (at < free) continue;
    marks.push(`<text x="${at + 5}" y="${y + 8}" font-size="9" fill="currentColor">${reorgDepth}</text>`);
    free = at + MARK_WIDTH;
  }
  return marks;
}

function ticks(endMs: number, x: (ms: number) => number, height: number): string[] {
  return Array.from({ length: TICKS + 1 }, (_, i) => {
    const ms = (endMs / TICKS) * i;
    const at = round(x(ms));
    return `<path d="M${at} ${TOP}V${height - 20}" stroke="currentColor" stroke-opacity=".15"/><text x="${at}" y="${height - 6}" text-anchor="middle" fill="currentColor" fill-opacity=".65">${durationText(ms)}</text>`;
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
