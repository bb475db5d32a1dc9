import type { TipRecord } from "@forkyard/core/chain";
import type { CoinSnapshot } from "./chain-store.ts";

/** What a scan of all coins found, beside what the tip record says of them. */
export interface CoinAudit {
  readonly tip: TipRecord | undefined;
  readonly coinCount: number;
  /** Satoshis. */
  readonly coinTotal: bigint;
  /** True when both agree; an empty store agrees with having no tip. */
  readonly consistent: boolean;
}

/**
 * Scans every coin and compares number and sum with the tip record of the same moment.
 * @throws StoreDamagedError when a record does not decode
 */
export async function auditCoins(store: { coinSnapshot(): Promise<CoinSnapshot> }): Promise<CoinAudit> {
  const { tip, coins } = await store.coinSnapshot();
  let coinCount = 0;
  let coinTotal = 0n;
  for await (const { coin } of coins) {
    coinCount++;
    coinTotal += coin.output.value;
  }
  const consistent = coinCount === (tip?.coinCount ?? 0) && coinTotal === (tip?.coinTotal ?? 0n);
  return { tip, coinCount, coinTotal, consistent };
}
