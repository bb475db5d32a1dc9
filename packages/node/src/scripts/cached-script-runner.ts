import type { ScriptRunner, TransactionScripts } from "./script-runner.ts";
import type { VerifiedTransactions } from "./verified-transactions.ts";

/**
 * Leaves out transactions that are known to pass, and remembers the others once all scripts of the block passed: a
 * block of transactions from the mempool, or one that a reorganisation brings back, runs no script again.
 */
export function cachedScriptRunner(verified: VerifiedTransactions, inner: ScriptRunner): ScriptRunner {
  return {
    open(block) {
      const job = inner.open(block);
      const unknown: TransactionScripts[] = [];
      return {
        add(scripts) {
          if (verified.has(scripts.tx.wtxid, scripts.flags)) return;
          unknown.push(scripts);
          job.add(scripts);
        },
        finish: (done) =>
          job.finish((failure) => {
            if (failure === undefined) for (const { tx, flags } of unknown) verified.add(tx.wtxid, flags);
            done(failure);
          }),
        giveUp: () => job.giveUp(),
      };
    },
  };
}
