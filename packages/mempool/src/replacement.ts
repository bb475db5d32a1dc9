import type { Transaction } from "@forkyard/core/tx";
import { policyError } from "./codes.ts";
import type { MempoolEntry } from "./entry.ts";
import { descendantsOf } from "./entry-graph.ts";
import { compareRates, type FeeRate, feeAt } from "./fee-rate.ts";
import { MAX_REPLACED } from "./limits.ts";

/** A transaction that wants the place of others. */
export interface Replacement {
  readonly tx: Transaction;
  readonly fee: bigint;
  readonly virtualBytes: number;
  /** All waiting transactions that it would stand on. */
  readonly ancestors: ReadonlySet<MempoolEntry>;
  /** Waiting transactions that spend what it spends. */
  readonly conflicts: ReadonlySet<MempoolEntry>;
}

/**
 * Full replacement by fee: any waiting transaction can be replaced, whether it signals or not, under BIP125's rules 2
 * to 5. Rule 1 (signalling) is not asked for, as in Bitcoin Core since 28.
 * @returns everything that has to leave: the conflicts and their descendants
 * @throws RuleError bad-txns-spends-conflicting-tx, insufficient fee, too many potential replacements,
 * replacement-adds-unconfirmed
 */
export function checkReplacement(replacement: Replacement, incrementalFeeRate: FeeRate): Set<MempoolEntry> {
  const { conflicts } = replacement;
  if (conflicts.size === 0) return new Set();
  checkSpendsNoConflict(replacement);
  checkPaysHigherRate(replacement);
  checkNumber(conflicts);
  checkNoNewUnconfirmed(replacement);
  const leaving = new Set(conflicts);
  for (const conflict of conflicts) for (const descendant of descendantsOf(conflict)) leaving.add(descendant);
  checkPaysForAll(replacement, leaving, incrementalFeeRate);
  return leaving;
}

/** It would hang on a transaction that leaves because of it. */
function checkSpendsNoConflict({ ancestors, conflicts }: Replacement): void {
  for (const conflict of conflicts) {
    if (ancestors.has(conflict)) throw policyError("bad-txns-spends-conflicting-tx", { conflict: conflict.txid });
  }
}

/** Miners must gain by each direct replacement: its rate is above the rate of each. */
function checkPaysHigherRate({ fee, virtualBytes, conflicts }: Replacement): void {
  for (const conflict of conflicts) {
    if (compareRates(fee, virtualBytes, conflict.fee, conflict.virtualBytes) <= 0) {
      throw policyError("insufficient fee", { conflict: conflict.txid, rule: "rate" });
    }
  }
}

/** Rule 5. Shared descendants count twice, so that counting needs no walk. */
function checkNumber(conflicts: ReadonlySet<MempoolEntry>): void {
  let count = 0;
  for (const conflict of conflicts) count += conflict.descendants.count;
  if (count > MAX_REPLACED) throw policyError("too many potential replacements", { count });
}

/** Rule 2: unconfirmed parents only if one of the replaced had them too. */
function checkNoNewUnconfirmed({ tx, ancestors, conflicts }: Replacement): void {
  const parentsOfReplaced = new Set<string>();
  for (const conflict of conflicts) for (const input of conflict.tx.inputs) parentsOfReplaced.add(input.prevout.txid);
  const waiting = new Set<string>();
  for (const ancestor of ancestors) waiting.add(ancestor.txid);
  for (const [input, { prevout }] of tx.inputs.entries()) {
    if (waiting.has(prevout.txid) && !parentsOfReplaced.has(prevout.txid)) {
      throw policyError("replacement-adds-unconfirmed", { input });
    }
  }
}

/** Rules 3 and 4: at least all the fees that are lost, and its own relay on top. */
function checkPaysForAll(replacement: Replacement, leaving: ReadonlySet<MempoolEntry>, rate: FeeRate): void {
  let lost = 0n;
  for (const entry of leaving) lost += entry.fee;
  const least = lost + feeAt(rate, replacement.virtualBytes);
  if (replacement.fee < least) {
    throw policyError("insufficient fee", { fee: String(replacement.fee), least: String(least), rule: "total" });
  }
}
