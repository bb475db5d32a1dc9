import { MAX_BLOCK_WEIGHT, WITNESS_SCALE_FACTOR } from "@forkyard/core/limits";
import { isNullOutPoint, outPointKey, type Transaction } from "@forkyard/core/tx";
import { isMoney } from "@forkyard/core/units";
import { MAX_COINBASE_SCRIPT_BYTES, MIN_COINBASE_SCRIPT_BYTES } from "../limits.ts";
import { ruleError } from "./codes.ts";

/**
 * Checks a transaction in itself (Bitcoin Core `CheckTransaction`), in bitcoind's order.
 * @throws RuleError bad-txns-* or bad-cb-length, with the txid
 */
export function checkTransaction(tx: Transaction): void {
  checkNotEmpty(tx);
  checkSize(tx);
  checkOutputValues(tx);
  checkDistinctInputs(tx);
  if (tx.isCoinbase) checkCoinbaseScript(tx);
  else checkNoNullInputs(tx);
}

function checkNotEmpty(tx: Transaction): void {
  if (tx.inputs.length === 0) throw ruleError("bad-txns-vin-empty", { txid: tx.txid });
  if (tx.outputs.length === 0) throw ruleError("bad-txns-vout-empty", { txid: tx.txid });
}

function checkSize(tx: Transaction): void {
  if (tx.strippedSize * WITNESS_SCALE_FACTOR > MAX_BLOCK_WEIGHT) {
    throw ruleError("bad-txns-oversize", { txid: tx.txid, strippedSize: tx.strippedSize });
  }
}

function checkOutputValues(tx: Transaction): void {
  let total = 0n;
  for (const [output, { value }] of tx.outputs.entries()) {
    if (value < 0n) throw ruleError("bad-txns-vout-negative", { txid: tx.txid, output });
    if (!isMoney(value)) throw ruleError("bad-txns-vout-toolarge", { txid: tx.txid, output });
    total += value;
    if (!isMoney(total)) throw ruleError("bad-txns-txouttotal-toolarge", { txid: tx.txid, output });
  }
}

/** Without this rule one coin could be counted twice (CVE-2018-17144). */
function checkDistinctInputs(tx: Transaction): void {
  if (tx.inputs.length === 1) return;
  const seen = new Set<string>();
  for (const [input, { prevout }] of tx.inputs.entries()) {
    const key = outPointKey(prevout);
    if (seen.has(key)) throw ruleError("bad-txns-inputs-duplicate", { txid: tx.txid, input });
    seen.add(key);
  }
}

function checkCoinbaseScript(tx: Transaction): void {
  const bytes = tx.inputs[0]?.scriptSig.length ?? 0;
  if (bytes < MIN_COINBASE_SCRIPT_BYTES || bytes > MAX_COINBASE_SCRIPT_BYTES) {
    throw ruleError("bad-cb-length", { txid: tx.txid, scriptBytes: bytes });
  }
}

function checkNoNullInputs(tx: Transaction): void {
  const input = tx.inputs.findIndex(({ prevout }) => isNullOutPoint(prevout));
  if (input !== -1) throw ruleError("bad-txns-prevout-null", { txid: tx.txid, input });
}
