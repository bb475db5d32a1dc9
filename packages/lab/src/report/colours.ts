import type { NodeName } from "../world/world.ts";

/** Okabe and Ito's palette: told apart by people who see colours differently, and in grey. */
const PALETTE: readonly string[] = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#e69f00",
  "#56b4e9",
  "#8c6d1f",
  "#5d3a9b",
];
const UNKNOWN = "#8a8f98";

/** A colour for each miner: those with the most blocks first. */
export function minerColours(miners: readonly (NodeName | undefined)[]): ReadonlyMap<NodeName | undefined, string> {
  const counts = new Map<NodeName | undefined, number>();
  for (const miner of miners) counts.set(miner, (counts.get(miner) ?? 0) + 1);
  const ranked = [...counts].toSorted(([, a], [, b]) => b - a).map(([miner]) => miner);
  const named = ranked.filter((miner) => miner !== undefined);
  return new Map(ranked.map((miner) => [miner, miner === undefined ? UNKNOWN : paletteAt(named.indexOf(miner))]));
}

function paletteAt(index: number): string {
  return PALETTE[index % PALETTE.length] ?? UNKNOWN;
}
