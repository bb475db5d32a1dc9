import type { ChainEntry } from "@forkyard/core/chain";
import type { CoinReader } from "@forkyard/core/coins";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { OutPoint, Transaction } from "@forkyard/core/tx";
import { FIRST_HEIGHT_CLAIMED_BEFORE_BIP34 } from "../limits.ts";
import type { Ancestry } from "./ancestry.ts";
import { ruleError } from "./codes.ts";

/**
 * When a block is searched for txids that still have unspent outputs:
 * `always` as bitcoind does; `never` where BIP34 has made repetition impossible; `on-failure` where BIP34 holds from the
 * first block on: there a repeated transaction also fails for its inputs, so the search only decides which code is
 * given, and a valid block is spared one look-up for each of its outputs.
 */
export type OverwriteSearch = "always" | "on-failure" | "never";

/** How the child of `parent` is searched (Bitcoin Core `ConnectBlock`). */
export function overwriteSearch(
  entry: ChainEntry,
  parent: ChainEntry,
  ancestry: Ancestry,
  params: NetworkParams,
): OverwriteSearch {
  const { bip34 } = params.activation;
  if (bip34 <= 1) return "on-failure";
  // Coinbases from before BIP34 begin with heights from here on, which could make them come twice.
  if (entry.height >= FIRST_HEIGHT_CLAIMED_BEFORE_BIP34) return "always";
  if (params.bip30Exceptions.has(entry.hash)) return "never";
  const isKnownChain = parent.height >= bip34 && ancestry.ancestor(parent, bip34).hash === params.bip34Hash;
  return isKnownChain ? "never" : "always";
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
