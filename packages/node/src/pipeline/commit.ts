import type { ChainEntry, TipRecord } from "@forkyard/core/chain";
import type { ChainBatch } from "@forkyard/core/ports/chain-store";
import type { ConnectedChange } from "../chain/chain-events.ts";
import type { StagedCoins } from "../chain/staged-coins.ts";

/** Stage 4: everything a change of the active chain writes, in the one batch that makes it true or not at all. */
export function stageCommit(
  batch: ChainBatch,
  coins: StagedCoins,
  connected: readonly ConnectedChange[],
  tip: ChainEntry,
  before: TipRecord,
): TipRecord {
  coins.writeTo(batch);
  for (const { entry, delta } of connected) {
    batch.putEntry(entry);
    batch.putUndo(entry.hash, delta);
  }
  const record: TipRecord = {
    hash: tip.hash,
    height: tip.height,
    coinCount: before.coinCount + coins.countChange,
    coinTotal: before.coinTotal + coins.totalChange,
  };
  batch.putTip(record);
  return record;
}
