import type { ChainEntry } from "@forkyard/core/chain";
import type { CoinReader } from "@forkyard/core/coins";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { OutPoint, Transaction } from "@forkyard/core/tx";
import { ruleError } from "./codes.ts";

/**
 * True when the block must be searched for txids that still have unspent outputs. Where BIP34 holds from the first
 * block on, every coinbase names its height, so no txid can come twice and the search would find nothing.
 */
export function bip30Applies(entry: ChainEntry, params: NetworkParams): boolean {
  return params.activation.bip34 > 1 && !params.bip30Exceptions.has(entry.hash);
}

/** BIP30. @throws RuleError bad-txns-BIP30 when an output of a transaction has an unspent namesake */
export function checkNoOverwrite(txs: readonly Transaction[], coins: CoinReader): void {
  for (const tx of txs) {
    const overwritten = overwrittenOutPoints(tx, coins)[0];
    if (overwritten !== undefined) throw ruleError("bad-txns-BIP30", { txid: tx.txid, vout: overwritten.vout });
  }
}

/** Outputs of the transaction that exist already, made by an earlier one with the same txid. */
export function overwrittenOutPoints(tx: Transaction, coins: CoinReader): OutPoint[] {
  return tx.outputs
    .map((_, vout): OutPoint => ({ txid: tx.txid, vout }))
    .filter((outPoint) => coins.coin(outPoint) !== undefined);
}
