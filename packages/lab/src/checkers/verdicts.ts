import type { ChainEntry } from "@forkyard/core/chain";
import { allEntries } from "./all-entries.ts";
import type { Checker, Inspection, NodeInside } from "./inspection.ts";
import { isDeclaredInvalid } from "./most-work.ts";
import { type Violation, violation } from "./violation.ts";

/**
 * What a node thinks of a block is what the reference thinks: it has connected none that is invalid, and marked none
 * as invalid that is valid, however and in whatever order they came.
 */
export function verdictChecker(inspection: Inspection): Checker {
  return {
    check: (node) => verdictOn(node.chain.tip, node, inspection),
    checkAtEnd(node) {
      for (const entry of allEntries(node)) {
        const fault = verdictOn(entry, node, inspection);
        if (fault !== undefined) return fault;
      }
      return undefined;
    },
  };
}

function verdictOn(entry: ChainEntry, node: NodeInside, inspection: Inspection): Violation | undefined {
  const judged = inspection.reference.judge(entry.hash);
  if (judged === undefined) return undefined;
  if (entry.status === "connected" && !judged.valid) {
    return violation("verdicts", node.name, `it connected ${entry.hash}, which is invalid: ${judged.why}`);
  }
  if (entry.status === "invalid" && judged.valid && !isDeclaredInvalid(entry, node, inspection)) {
    return violation("verdicts", node.name, `it holds ${entry.hash} at height ${entry.height} for invalid`);
  }
  return undefined;
}
