import type { ScriptRunner } from "./script-runner.ts";
import type { VerifiedTransactions } from "./verified-transactions.ts";

/**
 * Leaves out transactions that are known to pass, and remembers the others once all scripts of the block passed: a
 * block of transactions from the mempool, or one that a reorganisation brings back, runs no script again.
 */
export function cachedScriptRunner(verified: VerifiedTransactions, inner: ScriptRunner): ScriptRunner {
  return {
    run(job, done) {
      const scripts = job.scripts.filter(({ tx, flags }) => !verified.has(tx.wtxid, flags));
      return inner.run({ ...job, scripts }, (failure) => {
        if (failure === undefined) for (const { tx, flags } of scripts) verified.add(tx.wtxid, flags);
        done(failure);
      });
    },
  };
}
