import type { MempoolEntry } from "@forkyard/mempool/entry";
import { MAX_ORPHANS, RESURRECTED_CHAIN_LIMITS } from "@forkyard/mempool/limits";
import { MAX_CONNECTIONS } from "@forkyard/network/limits";
import { MAX_BLOCKS_UNDECIDED } from "@forkyard/node/limits";
import type { Checker } from "./inspection.ts";
import { totalsOf } from "./mempool.ts";
import { violation } from "./violation.ts";

/** Whatever a node keeps is within the number that its package names, and what it counts is what is there. */
export function limitsChecker(): Checker {
  return {
    check({ name, mempool, chain, peers }) {
      const { usageBytes, bytes } = totalsOf(mempool.entries());
      const { ancestors, descendants } = longestChains(mempool.entries());
      const kept: readonly (readonly [what: string, is: number, atMost: number])[] = [
        ["bytes of the mempool", usageBytes, mempool.limits.maxUsageBytes],
        ["orphans", mempool.orphanCount, MAX_ORPHANS],
        ["peers", peers().length, MAX_CONNECTIONS],
        ["undecided blocks", chain.undecidedBlocks, MAX_BLOCKS_UNDECIDED],
        ["ancestors of a waiting transaction", ancestors, RESURRECTED_CHAIN_LIMITS.maxAncestors],
        ["descendants of a waiting transaction", descendants, RESURRECTED_CHAIN_LIMITS.maxDescendants],
      ];
      const over = kept.find(([, is, atMost]) => is > atMost);
      if (over !== undefined) return violation("limits", name, `${over[1]} ${over[0]}, at most ${over[2]}`);
      if (usageBytes === mempool.usageBytes && bytes === mempool.bytes) return undefined;
      return violation("limits", name, `the mempool counts ${mempool.usageBytes} bytes, ${usageBytes} are there`);
    },
  };
}

/** A reorganisation may put longer chains back than the mempool takes in. */
function longestChains(entries: Iterable<MempoolEntry>): { readonly ancestors: number; readonly descendants: number } {
  let [ancestors, descendants] = [0, 0];
  for (const entry of entries) {
    ancestors = Math.max(ancestors, entry.ancestors.count);
    descendants = Math.max(descendants, entry.descendants.count);
  }
  return { ancestors, descendants };
}
