import { policyError } from "../codes.ts";
import type { MempoolEntry } from "../entry.ts";
import { descendantsOf } from "../entry-graph.ts";
import type { ChainLimits } from "../limits.ts";

/**
 * Keeps chains of waiting transactions short, for the work that each addition and removal makes.
 * @param ancestors all entries that the new one will stand on
 * @param leaving entries that it replaces, which do not count any more
 * @throws RuleError too-long-mempool-chain
 */
export function checkChainLimits(
  virtualBytes: number,
  ancestors: ReadonlySet<MempoolEntry>,
  leaving: ReadonlySet<MempoolEntry>,
  limits: ChainLimits,
): void {
  const ancestorBytes = sizeOf(ancestors) + virtualBytes;
  if (ancestors.size + 1 > limits.maxAncestors || ancestorBytes > limits.maxAncestorVirtualBytes) {
    throw policyError("too-long-mempool-chain", { ancestors: ancestors.size + 1, virtualBytes: ancestorBytes });
  }
  for (const ancestor of ancestors) {
    const gone = leaving.size === 0 ? leaving : leavingDescendants(ancestor, leaving);
    const count = ancestor.descendants.count - gone.size + 1;
    const bytes = ancestor.descendants.virtualBytes - sizeOf(gone) + virtualBytes;
    if (count > limits.maxDescendants || bytes > limits.maxDescendantVirtualBytes) {
      throw policyError("too-long-mempool-chain", { ancestor: ancestor.txid, descendants: count, virtualBytes: bytes });
    }
  }
}

function leavingDescendants(ancestor: MempoolEntry, leaving: ReadonlySet<MempoolEntry>): Set<MempoolEntry> {
  return new Set(Array.from(descendantsOf(ancestor)).filter((entry) => leaving.has(entry)));
}

function sizeOf(entries: ReadonlySet<MempoolEntry>): number {
  let bytes = 0;
  for (const entry of entries) bytes += entry.virtualBytes;
  return bytes;
}
