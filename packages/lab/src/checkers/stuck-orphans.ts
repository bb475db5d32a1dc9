import { outPointKey } from "@forkyard/core/tx";
import type { Checker, Inspection } from "./inspection.ts";
import { violation } from "./violation.ts";

/** A payment that waits for its parents lacks one, or another one that waits spends the same. */
export function stuckOrphansChecker(inspection: Inspection): Checker {
  return {
    check({ name, mempool, chain }) {
      const judged = inspection.reference.judge(chain.tip.hash);
      if (mempool.orphanCount === 0 || judged?.valid !== true) return undefined;
      const waiting = new Map(Array.from(mempool.entries(), ({ txid, tx }) => [txid, tx]));
      for (const { tx } of inspection.payments()) {
        if (!mempool.hasOrphan(tx.txid)) continue;
        const lacks = tx.inputs.some(({ prevout }) => {
          const isMade = waiting.get(prevout.txid)?.outputs[prevout.vout] !== undefined;
          return mempool.spender(prevout) !== undefined || !(isMade || judged.coins.has(outPointKey(prevout)));
        });
        if (!lacks) return violation("mempool", name, `${tx.txid} waits for its parents, and all are there`);
      }
      return undefined;
    },
  };
}
