import type { Txid } from "@forkyard/core/hash";
import type { ChainStore } from "@forkyard/core/ports/chain-store";
import { outPointKey, type Transaction, type TxOutput } from "@forkyard/core/tx";
import type { Chain } from "../chain/chain.ts";
import { MAX_BLOCKS_SEARCHED } from "../limits.ts";

export interface ConfirmedTransaction {
  readonly tx: Transaction;
  /** The outputs it spends, by input. */
  readonly spent: readonly TxOutput[];
}

/** Looks for a transaction in the last blocks of the active chain, newest first. */
export function findConfirmed(chain: Chain, store: ChainStore, txid: Txid): ConfirmedTransaction | undefined {
  const lowest = Math.max(1, chain.tip.height - MAX_BLOCKS_SEARCHED);
  for (let height = chain.tip.height; height >= lowest; height--) {
    const entry = chain.activeAt(height);
    const block = entry === undefined ? undefined : chain.block(entry.hash);
    const tx = block?.txs.find((candidate) => candidate.txid === txid);
    if (entry === undefined || block === undefined || tx === undefined) continue;
    const outputs = new Map(
      (store.undo(entry.hash)?.spent ?? []).map((change) => [outPointKey(change.outPoint), change.coin.output]),
    );
    const spent = tx.inputs.flatMap(({ prevout }) => {
      const inBlock = block.txs.find((candidate) => candidate.txid === prevout.txid)?.outputs[prevout.vout];
      return outputs.get(outPointKey(prevout)) ?? inBlock ?? [];
    });
    return { tx, spent };
  }
  return undefined;
}
