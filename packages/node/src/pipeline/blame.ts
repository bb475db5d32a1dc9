import { RuleError } from "@forkyard/core/errors";

/** What a gossiped thing deserves: forwarded, held against the sender, or dropped silently. */
export type BlameVerdict = "reject" | "ignore";

/** A tightening that not every node has (laboratory; `ChainParts.extraRule`). */
export const STRICTER_RULE = "stricter-rule";

/**
 * Rules whose breach an honest forwarder may not have been able to see: they depend on its clock, its chain, its
 * mempool or its policy. Everything else any honest node has checked before it forwards.
 */
const INNOCENT_BLOCK_CODES: ReadonlySet<string> = new Set([
  "time-too-new",
  "prev-blk-not-found",
  "duplicate",
  "duplicate-invalid",
  "bad-prevblk",
  STRICTER_RULE,
]);

/** Faults of a transaction itself, the same on every node and in every state of the chain. */
const GUILTY_TRANSACTION_CODES: ReadonlySet<string> = new Set([
  "bad-txns-vin-empty",
  "bad-txns-vout-empty",
  "bad-txns-oversize",
  "bad-txns-vout-negative",
  "bad-txns-vout-toolarge",
  "bad-txns-txouttotal-toolarge",
  "bad-txns-inputs-duplicate",
  "bad-cb-length",
  "bad-txns-prevout-null",
  "mandatory-script-verify-flag-failed",
  "coinbase",
]);

/** How to answer gossip about a block that broke a rule. Blame is decided here and nowhere else. */
export function blameForBlock(error: RuleError): BlameVerdict {
  return INNOCENT_BLOCK_CODES.has(error.code) ? "ignore" : "reject";
}

/** How to answer gossip about a transaction that was not taken. */
export function blameForTransaction(error: RuleError): BlameVerdict {
  return GUILTY_TRANSACTION_CODES.has(error.code) ? "reject" : "ignore";
}
