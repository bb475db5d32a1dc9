import { MAX_SCENARIO_LINKS } from "../../limits.ts";
import type { DocumentPath, Mistakes } from "../mistakes.ts";
import type { ScenarioLink } from "../model.ts";
import { bytesPerSecondOf, fractionOf, millisecondsOf } from "../values.ts";
import type { WrittenLink, WrittenLinkValues, WrittenScenario, WrittenTopology } from "../written.ts";
import type { Names } from "./names.ts";
import { randomLinks } from "./random-links.ts";

const DEFAULT_LATENCY = "100ms";
type Pair = readonly [string, string];
type LinkValues = Omit<ScenarioLink, "between">;

/** Every link, from the shape and the list; refuses nets in which somebody cannot be reached, unless that is said. */
export function buildLinks(
  written: WrittenScenario,
  nodes: readonly string[],
  names: Names,
  mistakes: Mistakes,
): readonly ScenarioLink[] {
  const [topology, listPath] = full(written.topology ?? "mesh");
  const values = linkValuesOf(written.link ?? {}, {
    latencyMs: millisecondsOf(DEFAULT_LATENCY),
    jitterMs: 0,
    bytesPerSecond: undefined,
    loss: 0,
  });
  const links = new Map<string, ScenarioLink>();
  for (const between of shapeLinks(topology, nodes, written.seed ?? 1, names, mistakes)) {
    links.set(linkKey(between), { between, ...values });
  }
  addListed(topology.links ?? [], listPath, links, values, names, mistakes);
  if (links.size > MAX_SCENARIO_LINKS) mistakes.add(["topology"], tooMany(nodes.length, links.size));
  else if (topology.unconnected !== true && topology.shape !== "none" && !isFaulty(mistakes)) {
    refuseUnreached(nodes, links, mistakes);
  }
  return [...links.values()];
}

/** The topology as a mapping, and where its list of links stands. */
function full(written: NonNullable<WrittenScenario["topology"]>): readonly [WrittenTopology, DocumentPath] {
  if (typeof written === "string") return [{ shape: written }, ["topology"]];
  if (isList(written)) return [{ links: written }, ["topology"]];
  return [written, ["topology", "links"]];
}

function isList(written: WrittenTopology | readonly WrittenLink[]): written is readonly WrittenLink[] {
  return Array.isArray(written);
}

/** What is not written stays as it is by default. */
function linkValuesOf(written: WrittenLinkValues, base: LinkValues): LinkValues {
  return {
    latencyMs: written.latency === undefined ? base.latencyMs : millisecondsOf(written.latency),
    jitterMs: written.jitter === undefined ? base.jitterMs : millisecondsOf(written.jitter),
    bytesPerSecond: written.bandwidth === undefined ? base.bytesPerSecond : bytesPerSecondOf(written.bandwidth),
    loss: written.loss === undefined ? base.loss : fractionOf(written.loss),
  };
}

function shapeLinks(
  topology: WrittenTopology,
  nodes: readonly string[],
  seed: number,
  names: Names,
  mistakes: Mistakes,
): readonly Pair[] {
  const given = (["shape", "star", "random"] as const).filter((key) => topology[key] !== undefined);
  if (given.length > 1)
    mistakes.add(["topology"], `a topology has one of shape, star and random, not ${given.join(" and ")}`);
  if (topology.star !== undefined) {
    const middle = names.node(["topology", "star"], topology.star);
    return nodes.flatMap((node): readonly Pair[] => (node === middle ? [] : [[middle, node]]));
  }
  if (topology.random !== undefined) return randomShape(topology.random, nodes, seed, mistakes);
  if (topology.shape === "mesh") return mesh(nodes, mistakes);
  const line = nodes.slice(1).map((node, index): Pair => [nodes[index] ?? node, node]);
  const [first, last] = [nodes[0], nodes.at(-1)];
  if (topology.shape === "line") return line;
  if (topology.shape !== "ring" || first === undefined || last === undefined) return [];
  return nodes.length > 2 ? [...line, [last, first]] : line;
}

function mesh(nodes: readonly string[], mistakes: Mistakes): readonly Pair[] {
  const count = (nodes.length * (nodes.length - 1)) / 2;
  if (count > MAX_SCENARIO_LINKS) {
    mistakes.add(["topology"], tooMany(nodes.length, count));
    return [];
  }
  return nodes.flatMap((a, index) => nodes.slice(index + 1).map((b): Pair => [a, b]));
}

function randomShape(degree: number, nodes: readonly string[], seed: number, mistakes: Mistakes): readonly Pair[] {
  if (degree >= nodes.length) {
    mistakes.add(
      ["topology", "random"],
      `${nodes.length} nodes cannot have ${degree} links each: at most ${nodes.length - 1}`,
    );
    return [];
  }
  if (degree === 1 && nodes.length > 2) {
    mistakes.add(["topology", "random"], "with one link each only pairs are connected: at least 2");
    return [];
  }
  return randomLinks(nodes, degree, seed);
}

function addListed(
  written: readonly WrittenLink[],
  path: DocumentPath,
  links: Map<string, ScenarioLink>,
  defaults: LinkValues,
  names: Names,
  mistakes: Mistakes,
): void {
  const listed = new Set<string>();
  for (const [index, link] of written.entries()) {
    const place = [...path, index];
    const between = [...place, "between"];
    const [left, right] = [
      names.members([...between, 0], link.between[0]),
      names.members([...between, 1], link.between[1]),
    ];
    if (link.between[0] === link.between[1] && left.length === 1) mistakes.add(between, `${left[0]} linked to itself`);
    const pairs = left.flatMap((a) => right.flatMap((b): readonly Pair[] => (a === b ? [] : [[a, b]])));
    const keys = new Set(pairs.map(linkKey));
    for (const pair of pairs) {
      const key = linkKey(pair);
      if (!keys.delete(key)) continue;
      if (listed.has(key)) mistakes.add(between, `${pair.join(" and ")} are linked already in this list`);
      listed.add(key);
      const { between: _, ...base } = links.get(key) ?? { between: pair, ...defaults };
      links.set(key, { between: pair, ...linkValuesOf(link, base) });
    }
  }
}

function refuseUnreached(nodes: readonly string[], links: ReadonlyMap<string, ScenarioLink>, mistakes: Mistakes): void {
  const neighbours = new Map<string, string[]>(nodes.map((node) => [node, []]));
  for (const { between } of links.values()) {
    neighbours.get(between[0])?.push(between[1]);
    neighbours.get(between[1])?.push(between[0]);
  }
  const reached = new Set(nodes.slice(0, 1));
  for (const node of reached) for (const next of neighbours.get(node) ?? []) reached.add(next);
  const unreached = nodes.filter((node) => !reached.has(node));
  if (unreached.length === 0) return;
  mistakes.add(
    ["topology"],
    `${unreached.slice(0, 5).join(", ")} cannot be reached from ${nodes[0]}: add links, or say unconnected: true`,
  );
}

/** A link that was refused leaves nodes unreached: that is told already. */
function isFaulty(mistakes: Mistakes): boolean {
  return mistakes.found.some(({ path }) => path[0] === "topology");
}

function linkKey([a, b]: Pair): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

function tooMany(nodes: number, links: number): string {
  return `${nodes} nodes with ${links} links: at most ${MAX_SCENARIO_LINKS}; { random: 8 } gives each about 8`;
}
