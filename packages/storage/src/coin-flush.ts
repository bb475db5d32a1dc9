import type { TipRecord } from "@forkyard/core/chain";
import { seal } from "./codec/checksum.ts";
import { encodeCoin } from "./codec/coin.ts";
import { type CoinTotals, encodeTip, encodeTipRecord } from "./codec/tip.ts";
import type { DirtyCoin, DirtyCoins } from "./coin-cache.ts";
import { addSums, CoinSum } from "./coin-sum.ts";
import type { WriteOperation } from "./engine/engine.ts";
import { coinKey, FLUSHING_KEY, TIP_KEY } from "./keys.ts";

export interface FlushPlan {
  /** To be written in this order, each synced. One batch, if it fits, is all of it or nothing. */
  readonly batches: readonly (readonly WriteOperation[])[];
  readonly totals: CoinTotals;
}

export interface FlushRequest {
  readonly dirty: DirtyCoins;
  /** What the coins belong to once all is written. */
  readonly tip: TipRecord;
  /** As of the flush before. */
  readonly before: CoinTotals;
  readonly coinSumKey: Uint8Array;
  /** A batch is closed when it has come to so many bytes. */
  readonly maxBatchBytes: number;
}

/**
 * What stores the changes of a cache. Several batches begin with a mark that names the tip they lead to; the last takes
 * it away and moves the tip record, which stays at the old tip until then: whoever finds the mark knows that the coins
 * are neither those of the one nor of the other tip (Bitcoin Core's head blocks).
 */
export function planFlush({ dirty, tip, before, coinSumKey, maxBatchBytes }: FlushRequest): FlushPlan {
  const batches: WriteOperation[][] = [];
  const sum = new CoinSum(coinSumKey);
  let batch: WriteOperation[] = [];
  let batchBytes = 0;
  for (const [outPoint, change] of dirty) {
    if (batchBytes >= maxBatchBytes) {
      batches.push(batch);
      batch = [];
      batchBytes = 0;
    }
    const operation = storeChange(coinKey(outPoint), change, sum);
    batch.push(operation);
    batchBytes += operation.key.length + (operation.kind === "put" ? operation.value.length : 0);
  }
  batches.push(batch);
  const totals = { coinSum: addSums(before.coinSum, sum.value()), flushSequence: before.flushSequence + 1 };
  batch.push(put(TIP_KEY, encodeTip({ tip, ...totals })));
  if (batches.length > 1) {
    batches[0]?.unshift(put(FLUSHING_KEY, encodeTipRecord(tip)));
    batch.push({ kind: "delete", key: FLUSHING_KEY });
  }
  return { batches, totals };
}

function storeChange(key: Uint8Array, { stored, coin }: DirtyCoin, sum: CoinSum): WriteOperation {
  if (stored !== undefined) sum.subtract(key, encodeCoin(stored));
  if (coin === undefined) return { kind: "delete", key };
  const record = encodeCoin(coin);
  sum.add(key, record);
  return put(key, record);
}

function put(key: Uint8Array, value: Uint8Array): WriteOperation {
  return { kind: "put", key, value: seal(key, value) };
}
