import { WITNESS_SCALE_FACTOR } from "@forkyard/core/limits";
import type { Transaction } from "@forkyard/core/tx";
import { policyError } from "../codes.ts";
import { MAX_STANDARD_SIGOPS_COST, WEIGHT_PER_SIGOP_COST } from "../limits.ts";

/** @throws RuleError bad-txns-too-many-sigops */
export function checkSigops(cost: number): void {
  if (cost > MAX_STANDARD_SIGOPS_COST) throw policyError("bad-txns-too-many-sigops", { cost });
}

/** The size that fees are taken of: a block has a limit on sigops too, so dense transactions count as larger. */
export function adjustedVirtualBytes(tx: Transaction, sigopCost: number): number {
  return Math.ceil(Math.max(tx.weight, sigopCost * WEIGHT_PER_SIGOP_COST) / WITNESS_SCALE_FACTOR);
}
