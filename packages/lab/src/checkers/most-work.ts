import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockHash } from "@forkyard/core/hash";
import type { NodeName } from "../world/world.ts";
import { allEntries } from "./all-entries.ts";
import type { Checker, Inspection, NodeInside } from "./inspection.ts";
import { type Violation, violation } from "./violation.ts";

interface LastTip {
  readonly hash: BlockHash;
  readonly work: bigint;
}

/** In which order the blocks of a node came, from 1. */
type Arrivals = Map<BlockHash, number>;

/**
 * The tip has the most work among the chains whose blocks the node has all stored, and which are valid and not declared
 * invalid by its operator; of several with the same work it is the one that was complete first, so that a chain that
 * comes later does not replace it. Work is added up from the headers by the reference.
 */
export function mostWorkChecker(inspection: Inspection): Checker {
  const lastTips = new Map<NodeName, LastTip>();
  const arrivals = new Map<NodeName, Arrivals>();
  return {
    observe(event) {
      // What is on the disk may be an older tip: from there on the rule holds again.
      if (event.type === "life") lastTips.delete(event.node);
      if (event.type === "life" && event.status === "started") {
        arrivals.set(event.node, storedBefore(inspection.node(event.node)));
      }
      if (event.type !== "block" && event.type !== "side") return;
      const known: Arrivals = arrivals.get(event.node) ?? new Map();
      if (!known.has(event.hash)) known.set(event.hash, known.size + 1);
      arrivals.set(event.node, known);
    },
    check(node) {
      const { tip } = node.chain;
      const judged = inspection.reference.judge(tip.hash);
      if (judged === undefined) return violation("most-work", node.name, `nobody has seen its tip ${tip.hash}`);
      if (!judged.valid) return undefined;
      const last = lastTips.get(node.name);
      const known = arrivals.get(node.name) ?? new Map();
      const fault = replacedByEqual(node, judged.work, last, inspection, known);
      lastTips.set(node.name, { hash: tip.hash, work: judged.work });
      const moved = last !== undefined && last.hash !== tip.hash;
      return fault ?? better(node, judged.work, moved ? known : undefined, inspection);
    },
  };
}

/** What a node starts with came before all else; in which order, nobody remembers. */
function storedBefore(node: NodeInside | undefined): Arrivals {
  const hashes = node === undefined ? [] : Array.from(allEntries(node), ({ hash }) => hash);
  return new Map(hashes.filter((hash) => node?.store.blockBytes(hash) !== undefined).map((hash) => [hash, 0]));
}

function replacedByEqual(
  node: NodeInside,
  work: bigint,
  last: LastTip | undefined,
  inspection: Inspection,
  arrivals: Arrivals,
): Violation | undefined {
  const { tree, tip } = node.chain;
  if (last === undefined || last.hash === tip.hash || work > last.work) return undefined;
  const before = tree.get(last.hash);
  if (before === undefined || isDeclaredInvalid(before, node, inspection)) return undefined;
  if (
    work === last.work &&
    (completeSince(tip, node, arrivals) ?? Infinity) <= (completeSince(before, node, arrivals) ?? 0)
  ) {
    return undefined;
  }
  const text = `it left ${last.hash} with work ${last.work} for ${tip.hash} with work ${work}`;
  return violation("most-work", node.name, text);
}

/** @param arrivals undefined when the tip is where it was, and may have come later than its equals */
function better(
  node: NodeInside,
  work: bigint,
  arrivals: Arrivals | undefined,
  inspection: Inspection,
): Violation | undefined {
  const { tree, tip } = node.chain;
  const since = arrivals && completeSince(tip, node, arrivals);
  for (const leaf of tree.tips()) {
    const best = availableBelow(leaf, node, inspection);
    if (best === undefined || best.work < work || best.hash === tip.hash) continue;
    if (best.work > work) {
      return violation("most-work", node.name, `its tip has work ${work}, and it has ${best.hash} with ${best.work}`);
    }
    const entry = tree.get(best.hash);
    const earlier = arrivals && entry && completeSince(entry, node, arrivals);
    if (earlier !== undefined && since !== undefined && earlier < since) {
      return violation("most-work", node.name, `it went over to ${tip.hash}, and ${best.hash} was complete before`);
    }
  }
  return undefined;
}

/** When the last block of a chain came, as far as that was seen; the blocks of the beginning were always there. */
function completeSince(entry: ChainEntry, { chain: { tree } }: NodeInside, arrivals: Arrivals): number | undefined {
  if (!arrivals.has(entry.hash)) return undefined;
  let since = 0;
  for (let at = entry; at.height > 0; at = tree.ancestor(at, at.height - 1))
    since = Math.max(since, arrivals.get(at.hash) ?? 0);
  return since;
}

/** The highest block at or below `leaf` whose chain is all there and valid. */
function availableBelow(leaf: ChainEntry, node: NodeInside, inspection: Inspection): LastTip | undefined {
  const { tree } = node.chain;
  let found: LastTip | undefined;
  for (let at = leaf; at.height > 0; at = tree.ancestor(at, at.height - 1)) {
    // A body may be stored below one that is missing: the whole way down has to be there.
    if (node.store.blockBytes(at.hash) === undefined) found = undefined;
    else if (found === undefined) found = candidate(at, node, inspection);
    if (found !== undefined && node.chain.isActive(at)) return found;
  }
  return found;
}

function candidate(at: ChainEntry, node: NodeInside, inspection: Inspection): LastTip | undefined {
  const judged = inspection.reference.judge(at.hash);
  if (judged?.valid !== true || isDeclaredInvalid(at, node, inspection)) return undefined;
  return { hash: at.hash, work: judged.work };
}

/** It, or a block that it stands on. */
export function isDeclaredInvalid(entry: ChainEntry, node: NodeInside, inspection: Inspection): boolean {
  const declared = inspection.declaredInvalid(node.name);
  if (declared.size === 0) return false;
  for (let at = entry; at.height > 0; at = node.chain.tree.ancestor(at, at.height - 1)) {
    if (declared.has(at.hash)) return true;
  }
  return false;
}
