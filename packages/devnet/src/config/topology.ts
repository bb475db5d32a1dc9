import type { Topology } from "./devnet-config.ts";

/** Up to this many nodes everybody keeps a link to everybody. */
const MAX_MESH_NODES = 8;

/**
 * The neighbours of each node by place, in both directions: if a has b then b has a, so that whichever of the two comes
 * back first restores the link.
 */
export function neighbours(count: number, topology: Topology): readonly (readonly number[])[] {
  const sets = Array.from({ length: count }, () => new Set<number>());
  const link = (a: number, b: number): void => {
    if (a === b) return;
    sets[a]?.add(b);
    sets[b]?.add(a);
  };
  for (let node = 0; node < count; node++) {
    for (const other of reached(node, count, topology)) link(node, other);
  }
  return sets.map((set) => [...set].toSorted((a, b) => a - b));
}

function reached(node: number, count: number, topology: Topology): readonly number[] {
  if (topology === "line") return node + 1 < count ? [node + 1] : [];
  if (topology === "ring") return [(node + 1) % count];
  if (topology === "mesh" || count <= MAX_MESH_NODES) return Array.from({ length: count }, (_, other) => other);
  return [1, Math.round(Math.sqrt(count)), Math.floor(count / 2)].map((step) => (node + step) % count);
}
