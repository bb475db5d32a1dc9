import { type ErrorData, RuleError } from "@forkyard/core/errors";
import { scriptErrorText } from "./script/script-error.ts";

/**
 * Every way in which a header, a transaction or a block can break the rules of this folder (scripts have their own
 * codes), by bitcoind's reject reason.
 */
export const RULE_CODES = {
  // Header alone
  "high-hash": "the hash does not meet the header's own target, or that target is not allowed on this network",
  // Header against its ancestors
  "bad-prevblk": "the parent is known to be invalid",
  "bad-diffbits": "the target is not the one that the chain demands",
  "time-too-old": "the time is not above the median of the eleven blocks before",
  "time-timewarp-attack": "BIP94: the first block of a period is too much older than its parent",
  "time-too-new": "the time is more than two hours ahead of this node's clock; it may be acceptable later",
  "bad-version": "the version is below what BIP34, BIP66 or BIP65 demand at this height",
  // Transaction alone
  "bad-txns-vin-empty": "no inputs",
  "bad-txns-vout-empty": "no outputs",
  "bad-txns-oversize": "larger than a block may be",
  "bad-txns-vout-negative": "an output's value is negative",
  "bad-txns-vout-toolarge": "an output's value is above 21 million coins",
  "bad-txns-txouttotal-toolarge": "the outputs' sum is above 21 million coins",
  "bad-txns-inputs-duplicate": "two inputs spend the same output",
  "bad-cb-length": "the coinbase's script is not 2 to 100 bytes",
  "bad-txns-prevout-null": "an input that is no coinbase spends the null outpoint",
  // Block alone
  "bad-signet-blksig": "the block's solution does not answer the network's challenge (BIP325)",
  "bad-txnmrklroot": "the transactions do not add up to the header's merkle root",
  "bad-txns-duplicate": "the transaction list repeats itself without changing the merkle root (CVE-2012-2459)",
  "bad-blk-length": "no transactions, or more bytes without witnesses than a block may have",
  "bad-cb-missing": "the first transaction is not a coinbase",
  "bad-cb-multiple": "a transaction after the first is a coinbase",
  "bad-blk-sigops": "more signature operations than a block may have",
  // Block against its ancestors
  "bad-txns-nonfinal": "a lock time (BIP113) or relative lock (BIP68) has not passed",
  "bad-cb-height": "the coinbase does not begin with the block's height (BIP34)",
  "bad-witness-nonce-size": "the coinbase's witness is not one element of 32 bytes (BIP141)",
  "bad-witness-merkle-match": "the witnesses do not add up to the coinbase's commitment (BIP141)",
  "unexpected-witness": "witnesses without a commitment to them (BIP141)",
  "bad-blk-weight": "heavier than a block may be (BIP141)",
  // Block against the coins
  "bad-txns-BIP30": "a transaction would overwrite unspent outputs of an earlier one with the same txid",
  "bad-txns-inputs-missingorspent": "an input spends an output that does not exist or is spent",
  "bad-txns-premature-spend-of-coinbase": "an input spends a coinbase that is not mature",
  "bad-txns-inputvalues-outofrange": "the inputs' sum is no amount that can exist",
  "bad-txns-in-belowout": "the outputs are worth more than the inputs",
  "bad-txns-fee-outofrange": "the fee is no amount that can exist",
  "bad-txns-accumulated-fee-outofrange": "the fees' sum is no amount that can exist",
  "bad-cb-amount": "the coinbase pays more than subsidy and fees",
} as const;

export type RuleCode = keyof typeof RULE_CODES;

/** Failures of the body alone: another body under the same header may be valid (Bitcoin Core `BLOCK_MUTATED`). */
export const MUTATION_CODES: ReadonlySet<string> = new Set([
  "bad-txnmrklroot",
  "bad-txns-duplicate",
  "bad-witness-nonce-size",
  "bad-witness-merkle-match",
  "unexpected-witness",
] satisfies RuleCode[]);

/** Failures that time can heal (Bitcoin Core `BLOCK_TIME_FUTURE`). */
const TEMPORARY_CODES: ReadonlySet<string> = new Set(["time-too-new"] satisfies RuleCode[]);

/** A broken rule of this folder; the type holds the code to the documented ones. */
export function ruleError(code: RuleCode, data: ErrorData = {}): RuleError {
  return new RuleError(code, data);
}

/** True when the bytes received may be a damaged copy of a valid block: never remember the hash as invalid. */
export function isMutation(error: RuleError): boolean {
  return MUTATION_CODES.has(error.code) || error.data["mutated"] === true;
}

/** True when the block with this hash can never be valid, whoever sends it and whenever: the hash may be remembered. */
export function condemnsHash(error: RuleError): boolean {
  return !isMutation(error) && !TEMPORARY_CODES.has(error.code);
}

/** Code of a script that failed; its name is in the data (`error`). */
export const SCRIPT_FAILED = "mandatory-script-verify-flag-failed";

/** bitcoind's reject reason for a block: the code, with the version or the script's error spelt out where it does so. */
export function rejectReason(error: RuleError): string {
  if (error.code === "bad-version") return `bad-version(${error.data["version"]})`;
  if (error.code !== SCRIPT_FAILED) return error.code;
  return `${BLOCK_SCRIPT_FAILED} (${scriptErrorText(String(error.data["error"]))})`;
}

/** bitcoind's name for it in a block. */
export const BLOCK_SCRIPT_FAILED = "block-script-verify-flag-failed";
