import type { BlockHash } from "@forkyard/core/hash";
import type { BlockTree, TreeBlock } from "./block-tree.ts";

/** A run of one parent after the other, drawn in one lane. */
interface Line {
  readonly blocks: TreeBlock[];
  lane: number;
}

export interface PlacedBlock {
  readonly block: TreeBlock;
  /** Column from the left; heights in which nothing happens share one. */
  readonly column: number;
  /** 0: the chain that won. */
  readonly lane: number;
}

/** Heights that were left out because nothing happens there. */
export interface Gap {
  readonly column: number;
  readonly lane: number;
  readonly blocks: number;
}

export interface TreeLayout {
  readonly placed: readonly PlacedBlock[];
  readonly gaps: readonly Gap[];
  readonly columns: number;
  readonly lanes: number;
}

/** Blocks that are shown around everything that happens. */
const SHOWN_AROUND = 2;
/** Fewer uneventful heights than this in a row are drawn in full. */
const MIN_GAP = 4;

/**
 * Places a tree: columns by height, the chain that won in lane 0, every other branch in the first lane below that is
 * free where it runs. Long stretches in which nothing happens shrink to one column, so that a reorganisation of
 * thousands of blocks still fits on paper.
 * @param marked blocks that must be shown, those with payments for instance
 */
export function layoutTree(tree: BlockTree, marked: ReadonlySet<BlockHash>): TreeLayout {
  const lines = linesOf(tree);
  assignLanes(lines);
  const columnOf = columns(lines, marked);
  const placed: PlacedBlock[] = [];
  const gaps: Gap[] = [];
  for (const { blocks, lane } of lines) {
    for (const block of blocks) {
      const place = columnOf.get(block.height);
      if (place === undefined) continue;
      if (place.gap === 0) placed.push({ block, column: place.column, lane });
      else addToGap(gaps, place.column, lane);
    }
  }
  const last = Math.max(-1, ...placed.map(({ column }) => column), ...gaps.map(({ column }) => column));
  return { placed, gaps, columns: last + 1, lanes: Math.max(0, ...lines.map(({ lane }) => lane)) + 1 };
}

function addToGap(gaps: Gap[], column: number, lane: number): void {
  const at = gaps.findIndex((gap) => gap.column === column && gap.lane === lane);
  const known = gaps[at];
  if (known === undefined) gaps.push({ column, lane, blocks: 1 });
  else gaps[at] = { ...known, blocks: known.blocks + 1 };
}

/** The winning chain first; a fork's heaviest child by number of descendants goes on in its parent's line. */
function linesOf(tree: BlockTree): Line[] {
  const children = new Map<BlockHash, TreeBlock[]>();
  for (const block of tree.blocks.values()) {
    children.set(block.parent, [...(children.get(block.parent) ?? []), block]);
  }
  const depth = depths(tree, children);
  const lines: Line[] = [];
  const starts = [...tree.blocks.values()]
    .filter(({ parent }) => !tree.blocks.has(parent))
    .toSorted((a, b) => Number(b.won) - Number(a.won));
  while (starts.length > 0) {
    const line: Line = { blocks: [], lane: -1 };
    for (let block = starts.shift(); block !== undefined; ) {
      line.blocks.push(block);
      const next = (children.get(block.hash) ?? []).toSorted(
        (a, b) => Number(b.won) - Number(a.won) || (depth.get(b.hash) ?? 0) - (depth.get(a.hash) ?? 0),
      );
      block = next.shift();
      starts.push(...next);
    }
    lines.push(line);
  }
  return lines;
}

/** Blocks on top of each block, on its longest branch. */
function depths(tree: BlockTree, children: ReadonlyMap<BlockHash, readonly TreeBlock[]>): Map<BlockHash, number> {
  const depth = new Map<BlockHash, number>();
  const byHeight = [...tree.blocks.values()].toSorted((a, b) => b.height - a.height);
  for (const { hash } of byHeight) {
    const above = (children.get(hash) ?? []).map((child) => (depth.get(child.hash) ?? 0) + 1);
    depth.set(hash, Math.max(0, ...above));
  }
  return depth;
}

function assignLanes(lines: readonly Line[]): void {
  /** For each lane, the heights that are taken. */
  const taken: { from: number; to: number }[][] = [];
  for (const line of lines) {
    const from = (line.blocks[0]?.height ?? 0) - 1;
    const to = line.blocks.at(-1)?.height ?? 0;
    const free = (lane: number): boolean => (taken[lane] ?? []).every((other) => to < other.from || from > other.to);
    let lane = 0;
    while (!free(lane)) lane++;
    line.lane = lane;
    taken[lane] = [...(taken[lane] ?? []), { from, to }];
  }
}

/** The column of each height. `gap`: blocks that share it; 0: a column of its own. */
function columns(
  lines: readonly Line[],
  marked: ReadonlySet<BlockHash>,
): ReadonlyMap<number, { readonly column: number; readonly gap: number }> {
  const shown = new Set<number>();
  const show = (height: number): void => {
    for (let around = height - SHOWN_AROUND; around <= height + SHOWN_AROUND; around++) shown.add(around);
  };
  const heights = new Set<number>();
  for (const { blocks } of lines) {
    show((blocks[0]?.height ?? 0) - 1);
    show(blocks.at(-1)?.height ?? 0);
    for (const { hash, height } of blocks) {
      heights.add(height);
      if (marked.has(hash)) show(height);
    }
  }
  const columnOf = new Map<number, { column: number; gap: number }>();
  const sorted = [...heights].toSorted((a, b) => a - b);
  let column = 0;
  for (let at = 0; at < sorted.length; ) {
    let end = at;
    while (end < sorted.length && !shown.has(sorted[end] as number)) end++;
    const gap = end - at >= MIN_GAP ? end - at : 0;
    const until = gap > 0 ? end : Math.max(end, at + 1);
    for (; at < until; at++) {
      columnOf.set(sorted[at] as number, { column, gap });
      if (gap === 0) column++;
    }
    if (gap > 0) column++;
  }
  return columnOf;
}
