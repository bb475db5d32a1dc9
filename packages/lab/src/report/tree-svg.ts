import type { BlockHash } from "@forkyard/core/hash";
import { type BlockTree, blockTree, type TreeBlock } from "./block-tree.ts";
import { minerColours } from "./colours.ts";
import { durationText, escapeText } from "./markup.ts";
import type { RunRecord } from "./record.ts";
import { layoutTree, type PlacedBlock, type TreeLayout } from "./tree-layout.ts";

const COLUMN_WIDTH = 34;
const LANE_HEIGHT = 44;
const BLOCK_WIDTH = 24;
const BLOCK_HEIGHT = 20;
const MARGIN = 16;
const ROOT_COLUMN = -1;
const LEGEND_HEIGHT = 26;
const LEGEND_ENTRY_WIDTH = 130;
/** The legend names the miners with the most blocks. */
const MAX_LEGEND_ENTRIES = 8;

/** The block tree of a run as one SVG document, for papers: needs no style sheet and no script. */
export function treeSvg(record: RunRecord): string {
  return drawTree(blockTree(record.events), record);
}

/** The same for a tree that is at hand. */
export function drawTree(tree: BlockTree, { result, events, title }: RunRecord): string {
  const payments = new Map(result.payments.map(({ payment, txid }) => [txid, payment]));
  const paid = new Map<BlockHash, string[]>();
  for (const block of tree.blocks.values()) {
    const names = block.txids.flatMap((txid) => payments.get(txid) ?? []);
    if (names.length > 0) paid.set(block.hash, names);
  }
  const layout = layoutTree(tree, new Set(paid.keys()));
  const colours = minerColours([...tree.blocks.values()].map(({ miner }) => miner));
  const legend = [...colours].slice(0, MAX_LEGEND_ENTRIES);
  const width = Math.max(
    2 * MARGIN + (layout.columns - ROOT_COLUMN) * COLUMN_WIDTH,
    2 * MARGIN + legend.length * LEGEND_ENTRY_WIDTH,
  );
  const height = 2 * MARGIN + layout.lanes * LANE_HEIGHT + LEGEND_HEIGHT + 14;
  const removed = new Set(events.flatMap((event) => (event.type === "reorg" ? event.removed : [])));
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="10">`,
    `<title>${escapeText(`${title}: ${tree.blocks.size} blocks`)}</title>`,
    ...root(layout),
    ...links(layout),
    ...layout.placed.map((placed) => drawBlock(placed, { colours, paid, removed })),
    ...layout.gaps.map(({ column, lane, blocks }) => drawGap(column, lane, blocks)),
    ...heights(layout),
    ...legend.map(([miner, colour], index) => drawLegend(miner ?? "unknown", colour, index, height)),
    "</svg>",
  ];
  return parts.join("\n");
}

interface Looks {
  readonly colours: ReadonlyMap<string | undefined, string>;
  readonly paid: ReadonlyMap<BlockHash, readonly string[]>;
  /** Blocks that some node took back. */
  readonly removed: ReadonlySet<BlockHash>;
}

function drawBlock({ block, column, lane }: PlacedBlock, { colours, paid, removed }: Looks): string {
  const { x, y } = at(column, lane);
  const colour = colours.get(block.miner) ?? "";
  const lost = !block.won;
  const stroke = block.withheld ? 'stroke="currentColor" stroke-dasharray="3 2"' : `stroke="${colour}"`;
  const names = paid.get(block.hash) ?? [];
  const mark =
    names.length === 0
      ? ""
      : `<circle cx="${x + BLOCK_WIDTH}" cy="${y}" r="4" fill="#f0e442" stroke="#333"/><text x="${x + BLOCK_WIDTH / 2}" y="${y - 5}" text-anchor="middle" fill="currentColor">${escapeText(names.join(", "))}</text>`;
  return [
    `<g class="block" data-hash="${block.hash}">`,
    `<title>${escapeText(describe(block, removed))}</title>`,
    `<rect x="${x}" y="${y}" width="${BLOCK_WIDTH}" height="${BLOCK_HEIGHT}" rx="4" fill="${colour}" fill-opacity="${lost ? 0.3 : 1}" ${stroke} stroke-width="1.5"/>`,
    lost && removed.has(block.hash) ? cross(x, y, colour) : "",
    mark,
    "</g>",
  ].join("");
}

function cross(x: number, y: number, colour: string): string {
  return `<path d="M${x + 5} ${y + 4}l${BLOCK_WIDTH - 10} ${BLOCK_HEIGHT - 8}m0 ${8 - BLOCK_HEIGHT}l${10 - BLOCK_WIDTH} ${BLOCK_HEIGHT - 8}" stroke="${colour}" stroke-width="1.5"/>`;
}

function describe(block: TreeBlock, removed: ReadonlySet<BlockHash>): string {
  const fate = block.won ? "on the chain that won" : removed.has(block.hash) ? "taken back" : "never on top";
  const secret = block.withheld ? `, secret for ${secretFor(block)}` : "";
  return `${block.hash}\nheight ${block.height}, by ${block.miner ?? "unknown"}, at ${durationText(block.minedAtMs)}${secret}\n${block.txids.length} transactions, ${fate}`;
}

function secretFor({ minedAtMs, publicAtMs }: TreeBlock): string {
  return publicAtMs === undefined ? "ever" : durationText(publicAtMs - minedAtMs);
}

function links({ placed, gaps }: TreeLayout): string[] {
  const placeOf = new Map(placed.map((one) => [one.block.hash, one]));
  const lines: string[] = [];
  for (const { block, column, lane } of placed) {
    const parent = placeOf.get(block.parent);
    const afterGap = parent === undefined && column > 0;
    const from = afterGap ? at(column - 1, lane) : at(parent?.column ?? ROOT_COLUMN, parent?.lane ?? 0);
    lines.push(link(from, at(column, lane)));
  }
  for (const { column, lane } of gaps) lines.push(link(at(column - 1, lane), at(column, lane)));
  return lines;
}

/** Stands for the chain before the scenario. */
function root({ placed }: TreeLayout): string[] {
  const lowest = Math.min(...placed.map(({ block }) => block.height));
  if (placed.length === 0) return [];
  const { x, y } = at(ROOT_COLUMN, 0);
  const circle = `<circle cx="${x + BLOCK_WIDTH - 6}" cy="${y + BLOCK_HEIGHT / 2}" r="6" fill="none" stroke="currentColor" stroke-opacity=".6" stroke-width="1.5"/>`;
  return [`<g><title>the chain before: up to height ${lowest - 1}</title>${circle}</g>`];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

function link(from: Point, to: Point): string {
  const y = (point: Point): number => point.y + BLOCK_HEIGHT / 2;
  const start = from.x + BLOCK_WIDTH;
  const middle = to.x - (COLUMN_WIDTH - BLOCK_WIDTH) / 2;
  const path = from.y === to.y ? `M${start} ${y(from)}H${to.x}` : `M${start} ${y(from)}H${middle}V${y(to)}H${to.x}`;
  return `<path d="${path}" fill="none" stroke="currentColor" stroke-opacity=".45" stroke-width="1.5"/>`;
}

function drawGap(column: number, lane: number, blocks: number): string {
  const { x, y } = at(column, lane);
  return `<g><title>${blocks} blocks</title><text x="${x + BLOCK_WIDTH / 2}" y="${y + 9}" text-anchor="middle" fill="currentColor">…</text><text x="${x + BLOCK_WIDTH / 2}" y="${y + 18}" text-anchor="middle" fill="currentColor" font-size="8">${blocks}</text></g>`;
}

/** Heights below the columns, not so close that they touch. */
function heights({ placed, lanes }: TreeLayout): string[] {
  const heightOf = new Map(placed.map(({ column, block }) => [column, block.height]));
  const y = MARGIN + 12 + lanes * LANE_HEIGHT;
  return [...heightOf]
    .filter(([column]) => column % 2 === 0)
    .map(([column, height]) => {
      const x = at(column, 0).x + BLOCK_WIDTH / 2;
      return `<text x="${x}" y="${y}" text-anchor="middle" fill="currentColor" fill-opacity=".65">${height}</text>`;
    });
}

function drawLegend(miner: string, colour: string, index: number, height: number): string {
  const x = MARGIN + index * LEGEND_ENTRY_WIDTH;
  const y = height - LEGEND_HEIGHT + 6;
  return `<rect x="${x}" y="${y}" width="12" height="12" rx="3" fill="${colour}"/><text x="${x + 17}" y="${y + 10}" fill="currentColor">${escapeText(miner.slice(0, 18))}</text>`;
}

function at(column: number, lane: number): Point {
  return { x: MARGIN + (column - ROOT_COLUMN) * COLUMN_WIDTH, y: MARGIN + 12 + lane * LANE_HEIGHT };
}
