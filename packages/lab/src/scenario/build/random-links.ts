import { hash256 } from "@forkyard/core/hash";

/**
 * Links of a random net: a ring through all nodes in a drawn order, so that everybody can be reached, and chords until
 * the mean number of links of a node is `degree`. No node has more than one link above the degree.
 */
export function randomLinks(
  nodes: readonly string[],
  degree: number,
  seed: number,
): readonly (readonly [string, string])[] {
  const draw = uniform(seed);
  const order = [...nodes];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(draw() * (last + 1));
    [order[last], order[other]] = [order[other] ?? "", order[last] ?? ""];
  }
  const links = new Map<string, readonly [string, string]>();
  const degrees = new Map<string, number>(nodes.map((node) => [node, 0]));
  const add = (a: string, b: string): void => {
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    if (a === b || links.has(key)) return;
    links.set(key, [a, b]);
    for (const node of [a, b]) degrees.set(node, (degrees.get(node) ?? 0) + 1);
  };
  for (const [index, node] of order.entries()) add(node, order[(index + 1) % order.length] ?? node);
  const wanted = Math.floor((nodes.length * degree) / 2);
  // A draw that meets a link that is there, or a node that has enough, is drawn again; near a full mesh not for ever.
  for (let tries = 0; links.size < wanted && tries < wanted * 20; tries++) {
    const [a, b] = [pick(nodes, draw), pick(nodes, draw)];
    if ((degrees.get(a) ?? 0) <= degree && (degrees.get(b) ?? 0) <= degree) add(a, b);
  }
  return [...links.values()];
}

function pick(nodes: readonly string[], draw: () => number): string {
  return nodes[Math.floor(draw() * nodes.length)] ?? "";
}

/** Numbers in 0..1 from hashing a counter: the same in every place and version. */
function uniform(seed: number): () => number {
  let counter = 0;
  const input = new Uint8Array(12);
  const view = new DataView(input.buffer);
  view.setUint32(0, seed);
  return () => {
    view.setUint32(8, counter);
    counter += 1;
    return new DataView(hash256(input).buffer).getUint32(0) / 2 ** 32;
  };
}
