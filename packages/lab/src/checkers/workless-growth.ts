import { MAX_ORPHANS_PER_SENDER } from "@forkyard/mempool/limits";
import { allEntries } from "./all-entries.ts";
import type { Checker, Inspection } from "./inspection.ts";
import { violation } from "./violation.ts";

/**
 * Whoever has not shown work makes no node grow: every header in its tree has been drawn by lot, and orphans, which cost
 * nothing to make, are bounded for each sender.
 */
export function worklessGrowthChecker({ params }: Inspection): Checker {
  const paid = new Map<string, number>();
  return {
    check(node) {
      const { tree } = node.chain;
      const senders = Math.max(1, node.peers().length);
      if (node.mempool.orphanCount > senders * MAX_ORPHANS_PER_SENDER) {
        const text = `${node.mempool.orphanCount} orphans of ${senders} senders`;
        return violation("workless-growth", node.name, text);
      }
      if (paid.get(node.name) === tree.size) return undefined;
      paid.set(node.name, tree.size);
      for (const { hash } of allEntries(node)) {
        if (params.drawnByLot?.(hash) === false) {
          return violation("workless-growth", node.name, `it keeps the header ${hash}, for which nobody has worked`);
        }
      }
      return undefined;
    },
  };
}
