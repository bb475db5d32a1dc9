import type { TipRecord } from "@forkyard/core/chain";
import type { CoinRecord } from "./chain-store.ts";
import type { StoredTip } from "./codec/tip.ts";
import { CoinSum } from "./coin-sum.ts";

/** What a scan of all coins found, beside what the tip record says of them. */
export interface CoinAudit {
  readonly tip: TipRecord | undefined;
  readonly coinCount: number;
  /** Satoshis. */
  readonly coinTotal: bigint;
  /** True when number, total and keyed sum agree; an empty store agrees with having no tip. */
  readonly consistent: boolean;
}

/** What an audit reads; `EngineChainStore` is one. */
export interface AuditedStore {
  readonly coinSumKey: Uint8Array;
  coinRecords(): Promise<{ stored: StoredTip | undefined; records: AsyncIterable<CoinRecord> }>;
}

/**
 * Scans every coin and compares number, total and keyed sum with the tip record of the same moment.
 * @throws StoreDamagedError when a record does not decode
 */
export async function auditCoins(store: AuditedStore): Promise<CoinAudit> {
  const { stored, records } = await store.coinRecords();
  const sum = new CoinSum(store.coinSumKey);
  let coinCount = 0;
  let coinTotal = 0n;
  for await (const { key, value, coin } of records) {
    coinCount++;
    coinTotal += coin.output.value;
    sum.add(key, value);
  }
  const tip = stored?.tip;
  const consistent =
    coinCount === (tip?.coinCount ?? 0) &&
    coinTotal === (tip?.coinTotal ?? 0n) &&
    sum.value() === (stored?.coinSum ?? 0n);
  return { tip, coinCount, coinTotal, consistent };
}
