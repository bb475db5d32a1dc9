import type { CoinCacheOptions } from "@forkyard/storage/flush-policy";
import type { SeededRandom } from "../../fuzz/support/seeded-random.ts";

/** Sometimes the coins are stored with each block, sometimes hardly ever, in one batch or in many. */
export function anyCoinCache(random: SeededRandom): CoinCacheOptions {
  return {
    flushEachBlock: random.oneIn(8),
    flushAfterBlocks: random.pick([2, 9, 40, 10_000]),
    maxBatchBytes: random.pick([200, 2_000, 1_000_000]),
    maxBytes: random.pick([2_000, 20_000, 64_000_000]),
  };
}
