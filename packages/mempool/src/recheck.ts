import { checkSpentCoins, spentCoins } from "@forkyard/consensus/rules/check-inputs";
import { RuleError } from "@forkyard/core/errors";
import { coinOf, type PoolView } from "./admission.ts";
import type { MempoolContext } from "./context.ts";
import type { MempoolEntry } from "./entry.ts";
import { checkFinal, checkRelativeLocks } from "./policy/time-locks.ts";

/** An entry that no block on the new tip could take in, and why. */
export interface Invalidated {
  readonly entry: MempoolEntry;
  readonly error: RuleError;
}

/**
 * What a reorganisation can have made invalid: a lock that has passed on the old branch only, a coinbase that is no
 * longer mature, a coin that is no longer there (Bitcoin Core `removeForReorg`). Entries whose only fault is a parent's
 * are not listed: they go with it.
 */
export function findInvalidated(context: MempoolContext, view: PoolView): Invalidated[] {
  const invalidated: Invalidated[] = [];
  for (const entry of view.graph.entries()) {
    const error = errorOf(entry, context, view);
    if (error !== undefined) invalidated.push({ entry, error });
  }
  return invalidated;
}

function errorOf({ tx }: MempoolEntry, context: MempoolContext, view: PoolView): RuleError | undefined {
  try {
    checkFinal(tx, context);
    const coins = spentCoins(tx, (outPoint) => coinOf(outPoint, context, view));
    checkSpentCoins(tx, coins, context.height, view.params);
    checkRelativeLocks(tx, coins, context);
    return undefined;
  } catch (error) {
    if (error instanceof RuleError) return error;
    throw error;
  }
}
