import { WITNESS_SCALE_FACTOR } from "@forkyard/core/limits";
import { readOps } from "@forkyard/core/script/codec";
import type { Transaction, TxInput } from "@forkyard/core/tx";
import { countSigops, legacySigops } from "../rules/sigops.ts";

/**
 * The most that a transaction's sigop cost can be, told from the transaction alone: every input is taken to spend a
 * script hash, a key hash and a witness script at once. The exact cost needs the outputs that are spent.
 */
export function sigopCostBound(tx: Transaction): number {
  let cost = legacySigops(tx) * WITNESS_SCALE_FACTOR;
  for (const input of tx.inputs) cost += inputBound(input);
  return cost;
}

function inputBound(input: TxInput): number {
  const redeemScript = readOps(input.scriptSig).ops.at(-1)?.data;
  const scriptHash = redeemScript === undefined ? 0 : countSigops(redeemScript, true) * WITNESS_SCALE_FACTOR;
  const witnessScript = input.witness.at(-1);
  return scriptHash + (witnessScript === undefined ? 0 : Math.max(1, countSigops(witnessScript, true)));
}
