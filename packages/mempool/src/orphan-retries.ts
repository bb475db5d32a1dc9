import type { Txid } from "@forkyard/core/hash";
import type { OutPoint, Transaction } from "@forkyard/core/tx";
import { MAX_ORPHAN_RETRIES } from "./limits.ts";
import type { Orphan, OrphanPool } from "./orphans.ts";

/**
 * Orphans that are worth another look because a parent came. One call takes a bounded number; the rest wait for the
 * next one. Never longer than the orphan pool is large.
 */
export class OrphanRetries {
  readonly #orphans: OrphanPool;
  readonly #queue = new Set<Txid>();

  constructor(orphans: OrphanPool) {
    this.#orphans = orphans;
  }

  /** A transaction came: orphans that spend its outputs get their chance. */
  parentArrived(tx: Transaction): void {
    for (let vout = 0; vout < tx.outputs.length; vout++) this.#coinArrived({ txid: tx.txid, vout });
  }

  /** A transaction was taken back: what it had spent is there again. */
  spenderLeft(tx: Transaction): void {
    for (const { prevout } of tx.inputs) this.#coinArrived(prevout);
  }

  /** Calls `retry` for the next orphans, those included that it makes ready itself. */
  run(retry: (orphan: Orphan) => void): void {
    let retries = 0;
    // A Set yields what is added while it is being walked.
    for (const txid of this.#queue) {
      this.#queue.delete(txid);
      const orphan = this.#orphans.get(txid);
      if (orphan === undefined) continue;
      retry(orphan);
      if (++retries === MAX_ORPHAN_RETRIES) return;
    }
  }

  #coinArrived(outPoint: OutPoint): void {
    for (const txid of this.#orphans.spenders(outPoint)) this.#queue.add(txid);
  }
}
