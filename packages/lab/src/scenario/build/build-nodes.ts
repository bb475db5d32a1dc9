import type { Defence } from "@forkyard/node/laboratory/defence";
import { MAX_SCENARIO_NODES } from "../../limits.ts";
import type { DocumentPath, Mistakes } from "../mistakes.ts";
import type { ScenarioNode } from "../model.ts";
import { fractionOf, millisecondsOf, offsetSecondsOf } from "../values.ts";
import type { WrittenDefence, WrittenNode, WrittenScenario } from "../written.ts";

/** Shares are written in decimal: sums are as exact as that. */
const SHARE_TOLERANCE = 1e-9;
const PERCENT_DECIMALS = 1e10;

/** Spreads groups out, shares the rest of the hash power, and sees that it adds up. */
export function buildNodes(written: WrittenScenario["nodes"], mistakes: Mistakes): readonly ScenarioNode[] {
  const entries = Object.entries(written).map(([name, value]) => ({ name, node: full(value) }));
  const total = entries.reduce((sum, { node }) => sum + (node.count ?? 1), 0);
  if (total === 0) mistakes.add(["nodes"], "there is no node");
  if (total > MAX_SCENARIO_NODES) {
    mistakes.add(["nodes"], `${total} nodes: at most ${MAX_SCENARIO_NODES}`);
    return [];
  }
  const shares = hashShares(entries, mistakes);
  const nodes = entries.flatMap(({ name, node }, index) => members(name, node, shares[index] ?? 0));
  refuseSameNames(nodes, mistakes);
  return nodes;
}

function full(value: string | WrittenNode | null): WrittenNode {
  return typeof value === "string" ? { hash: value } : (value ?? {});
}

/** The share of each entry, members of a group together. */
function hashShares(
  entries: readonly { readonly name: string; readonly node: WrittenNode }[],
  mistakes: Mistakes,
): readonly number[] {
  const isRest = entries.map(({ node }) => node.hash === "rest");
  const given = entries.map(({ node }, index) => (isRest[index] === true ? 0 : fractionOf(node.hash ?? "0%")));
  const sum = given.reduce((total, value) => total + value, 0);
  const resting = entries.reduce(
    (count, { node }, index) => count + (isRest[index] === true ? (node.count ?? 1) : 0),
    0,
  );
  if (sum > 1 + SHARE_TOLERANCE)
    mistakes.add(["nodes"], `hash shares add up to ${percent(sum)}, which is more than 100%`);
  else if (resting === 0 && sum > 0 && sum < 1 - SHARE_TOLERANCE) {
    mistakes.add(
      ["nodes"],
      `hash shares add up to ${percent(sum)}: they must add up to 100%, or all be 0% (hash: rest takes what is left)`,
    );
  }
  const left = Math.max(0, 1 - sum);
  return entries.map(({ node }, index) =>
    isRest[index] === true ? (left * (node.count ?? 1)) / resting : (given[index] ?? 0),
  );
}

function members(name: string, node: WrittenNode, groupShare: number): readonly ScenarioNode[] {
  const settings = {
    rules: node.rules,
    defences: (node.defences ?? []).map(defenceOf),
    clockOffsetSeconds: offsetSecondsOf(node.clock ?? "0s"),
    running: node.running ?? true,
  };
  const { count } = node;
  if (count === undefined) return [{ name, hashShare: groupShare, ...settings }];
  return Array.from({ length: count }, (_, index) => ({
    name: `${name}${index + 1}`,
    group: name,
    hashShare: groupShare / count,
    ...settings,
  }));
}

function refuseSameNames(nodes: readonly ScenarioNode[], mistakes: Mistakes): void {
  const seen = new Set<string>();
  const groups = new Set(nodes.flatMap(({ group }) => group ?? []));
  for (const { name, group } of nodes) {
    const path: DocumentPath = ["nodes", group ?? name];
    if (seen.has(name)) mistakes.addAtKey(path, `two nodes are called ${name}: a group's members are NAME1, NAME2 …`);
    if (name === "all" || (group === undefined && groups.has(name)))
      mistakes.addAtKey(path, `${name} means something else`);
    seen.add(name);
  }
}

function defenceOf(written: WrittenDefence): Defence {
  if (typeof written === "string") return { kind: written };
  const penalty = written["late-block-penalty"];
  if (penalty !== undefined) {
    return {
      kind: "late-block-penalty",
      blocksPerLateMs: 1 / Math.max(1, millisecondsOf(penalty.oneBlockPer)),
      graceMs: millisecondsOf(penalty.grace),
    };
  }
  const scoring = written["subjective-scoring"];
  if (scoring !== undefined) {
    return { kind: "subjective-scoring", halvingBlocks: scoring.halving, graceBlocks: scoring.grace };
  }
  const fromBlocks = written["delay-function"];
  if (fromBlocks !== undefined) return { kind: "delay-function", fromBlocks };
  return { kind: "finality", maxDepth: written.finality ?? 1 };
}

function percent(fraction: number): string {
  return `${Math.round(fraction * PERCENT_DECIMALS) / (PERCENT_DECIMALS / 100)}%`;
}
