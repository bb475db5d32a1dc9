import { isFinalTx, sequenceLocks, sequenceLocksPass } from "@forkyard/consensus/rules/locks";
import type { Coin } from "@forkyard/core/coins";
import type { Transaction } from "@forkyard/core/tx";
import { policyError } from "../codes.ts";
import type { MempoolContext } from "../context.ts";

/** The next block could take it in as far as its lock time says. @throws RuleError non-final */
export function checkFinal(tx: Transaction, context: MempoolContext): void {
  if (!isFinalTx(tx, context.height, context.medianTimePast)) throw policyError("non-final", { lockTime: tx.lockTime });
}

/** BIP68, for the next block. @throws RuleError non-BIP68-final */
export function checkRelativeLocks(tx: Transaction, spent: readonly Coin[], context: MempoolContext): void {
  const heights = spent.map((coin) => coin.height);
  const locks = sequenceLocks(tx, heights, context.parent, context.ancestry);
  if (!sequenceLocksPass(locks, context.parent, context.ancestry)) throw policyError("non-BIP68-final");
}
