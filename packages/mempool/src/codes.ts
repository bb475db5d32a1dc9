import { type ErrorData, RuleError } from "@forkyard/core/errors";

/**
 * Why the mempool may refuse what a block could still take in, by bitcoind's reject reasons. A peer that relays such
 * a transaction may be honest. Codes that are not listed here come from consensus: no block could take it in now.
 */
export const POLICY_CODES = {
  coinbase: "a coinbase comes only with its block",
  version: "a version that has no agreed meaning yet",
  "tx-size": "heavier than 400,000 weight units",
  "tx-size-small": "smaller than 65 bytes without witnesses",
  "scriptsig-size": "a scriptSig longer than 1,650 bytes",
  "scriptsig-not-pushonly": "a scriptSig that does more than push",
  scriptpubkey: "an output script of no known template",
  dust: "outputs that cost more to spend than they are worth",
  "non-final": "the lock time lets it into no block yet",
  "non-BIP68-final": "a relative lock has not passed",
  "txn-already-in-mempool": "the very transaction waits already",
  "txn-same-nonwitness-data-in-mempool": "it waits already with another witness",
  "txn-already-known": "it is in the chain, with outputs that are not spent",
  "txn-mempool-conflict": "it spends what a waiting transaction spends, and may not replace it here",
  "bad-txns-nonstandard-inputs": "it spends an output of no known template, or runs too many sigops",
  "bad-witness-nonstandard": "a witness that is larger than its template needs",
  "bad-txns-too-many-sigops": "more signature operations than one transaction may have",
  "min relay fee not met": "the fee is below the relay minimum",
  "mempool min fee not met": "the fee is below what a full mempool demands now",
  "too-long-mempool-chain": "too many waiting ancestors or descendants",
  "bad-txns-spends-conflicting-tx": "it spends an output of what it would replace",
  "insufficient fee": "it does not pay enough to replace what it conflicts with (BIP125 rules 3 and 4)",
  "too many potential replacements": "it would put out more than 100 transactions (BIP125 rule 5)",
  "replacement-adds-unconfirmed": "it replaces with a new unconfirmed input (BIP125 rule 2)",
  "mempool-script-verify-flag-failed": "a script that breaks a rule of relay, not of blocks",
  "mempool full": "it was the first to go when the mempool was over its limit",
} as const;

export type PolicyCode = keyof typeof POLICY_CODES;

export function policyError(code: PolicyCode, data: ErrorData = {}): RuleError {
  return new RuleError(code, data);
}

/** True when the refusal says nothing against the peer that relayed the transaction. */
export function isPolicyCode(code: string): code is PolicyCode {
  return Object.hasOwn(POLICY_CODES, code);
}
