import type { ChainEntry } from "@forkyard/core/chain";
import type { JsonObject } from "../json/json.ts";
import type { NodeApi } from "../node-api.ts";
import { isActive } from "./block-json.ts";

/** All tips of the header tree with their true states, the highest first, as `getchaintips` shows them. */
export function chainTipsJson(node: NodeApi): JsonObject[] {
  const active = node.chain.tip();
  const sideTips = node.chain.leaves().filter((leaf) => leaf.hash !== active.hash && !isActive(node, leaf));
  return [active, ...sideTips].toSorted((a, b) => b.height - a.height).map((tip) => tipJson(node, tip, active));
}

function tipJson(node: NodeApi, tip: ChainEntry, active: ChainEntry): JsonObject {
  const branch = branchOf(node, tip);
  const status = tip.hash === active.hash ? "active" : branchStatus(tip, branch);
  return { height: tip.height, hash: tip.hash, branchlen: branch.length, status };
}

/** The tip and its ancestors down to, and without, the active chain. */
function branchOf(node: NodeApi, tip: ChainEntry): ChainEntry[] {
  const branch: ChainEntry[] = [];
  let entry: ChainEntry | undefined = tip;
  while (entry !== undefined && !isActive(node, entry)) {
    branch.push(entry);
    entry = node.chain.entry(entry.header.prevHash);
  }
  return branch;
}

/** bitcoind's words: a block that was once connected makes a fork "valid", one only stored and checked without coins does not. */
function branchStatus(tip: ChainEntry, branch: readonly ChainEntry[]): string {
  if (branch.some((entry) => entry.status === "invalid")) return "invalid";
  if (branch.some((entry) => entry.status === "header")) return "headers-only";
  return tip.status === "connected" ? "valid-fork" : "valid-headers";
}
