import type { TipRecord } from "@forkyard/core/chain";
import type { BlockDelta, CoinChange } from "@forkyard/core/coins";
import type { BlockHash } from "@forkyard/core/hash";
import { decodeEntry } from "./codec/entry.ts";
import { decodeTip, decodeTipRecord, type StoredTip } from "./codec/tip.ts";
import { decodeUndo } from "./codec/undo.ts";
import { CoinCache } from "./coin-cache.ts";
import { planFlush } from "./coin-flush.ts";
import { readRecordFrom } from "./damage.ts";
import type { Engine } from "./engine/engine.ts";
import { StoreDamagedError } from "./errors.ts";
import { CHAIN_TIP_KEY, entryKey, FLUSHING_KEY, TIP_KEY, undoKey } from "./keys.ts";
import { MAX_FLUSH_BATCH_BYTES } from "./limits.ts";

type Place = Pick<TipRecord, "hash" | "height">;

/**
 * Brings the stored coins to the tip of the chain, which an interruption leaves them behind: undo data of the blocks
 * between is stored with each block, says what to take back and what to put in, and was verified when it was written. A
 * flush that was cut off in the middle is repeated: to put a coin that is there, or delete one that is not, changes
 * nothing. May itself be cut off anywhere.
 * @returns blocks taken back and put in
 * @throws StoreDamagedError when a record is damaged or missing, or the coins do not come to what the tip says
 */
export async function rollForward(
  engine: Engine,
  coinSumKey: Uint8Array,
  maxBatchBytes: number = MAX_FLUSH_BATCH_BYTES,
): Promise<number> {
  const repeat = (from: StoredTip, to: TipRecord): ReturnType<typeof replay> =>
    replay(engine, from, to, { coinSumKey, maxBatchBytes });
  const chainTip = readRecordFrom(engine, CHAIN_TIP_KEY, decodeTipRecord);
  const cutOff = readRecordFrom(engine, FLUSHING_KEY, decodeTipRecord);
  const stored = readRecordFrom(engine, TIP_KEY, decodeTip);
  if (chainTip === undefined && cutOff === undefined) return 0;
  if (chainTip === undefined || stored === undefined) {
    throw new StoreDamagedError(`the tip record in ${engine.location} is missing`);
  }
  let steps = 0;
  let from: StoredTip = stored;
  // The coins of a flush that was cut off are those of two tips: they must be at the one before they go on to the next.
  if (cutOff !== undefined) {
    const repeated = await repeat(from, cutOff);
    steps += repeated.steps;
    from = repeated.stored;
  }
  if (from.tip.hash === chainTip.hash) return steps;
  return steps + (await repeat(from, chainTip)).steps;
}

async function replay(
  engine: Engine,
  from: StoredTip,
  to: TipRecord,
  how: { readonly coinSumKey: Uint8Array; readonly maxBatchBytes: number },
): Promise<{ stored: StoredTip; steps: number }> {
  const { undone, redone } = wayBetween(engine, from.tip, to);
  const coins = new MovingCoins(from.tip);
  for (const hash of undone) coins.disconnect(undoOf(engine, hash));
  for (const hash of redone) coins.connect(undoOf(engine, hash));
  if (coins.count !== to.coinCount || coins.total !== to.coinTotal) {
    throw new StoreDamagedError(
      `the blocks above the stored coins in ${engine.location} come to ${coins.count} coins, not to the ${to.coinCount} of the tip`,
    );
  }
  const plan = planFlush({ dirty: coins.cache.dirty, tip: to, before: from, ...how });
  for (const batch of plan.batches) await engine.write(batch);
  return { stored: { tip: to, ...plan.totals }, steps: undone.length + redone.length };
}

/** What blocks change, and what the coins then come to. */
class MovingCoins {
  /** Holds changes only: it is not asked for coins. */
  readonly cache: CoinCache = new CoinCache(Number.POSITIVE_INFINITY, () => undefined);
  count: number;
  total: bigint;

  constructor({ coinCount, coinTotal }: TipRecord) {
    this.count = coinCount;
    this.total = coinTotal;
  }

  connect({ spent, created }: BlockDelta): void {
    this.#move(spent, created);
  }

  disconnect({ spent, created }: BlockDelta): void {
    this.#move(created, spent);
  }

  #move(going: readonly CoinChange[], coming: readonly CoinChange[]): void {
    for (const { outPoint, coin } of going) {
      this.cache.remove(outPoint, coin);
      this.total -= coin.output.value;
    }
    for (const { outPoint, coin } of coming) {
      this.cache.put(outPoint, coin);
      this.total += coin.output.value;
    }
    this.count += coming.length - going.length;
  }
}

/** Blocks from one tip to another: to take back, newest first, and to put in, oldest first. */
function wayBetween(engine: Engine, from: Place, to: Place): { undone: BlockHash[]; redone: BlockHash[] } {
  const undone: BlockHash[] = [];
  const redone: BlockHash[] = [];
  let [old, next] = [from, to];
  while (old.hash !== next.hash) {
    const [height, other] = [old.height, next.height];
    if (height >= other) {
      undone.push(old.hash);
      old = parentOf(engine, old);
    }
    if (other >= height) {
      redone.push(next.hash);
      next = parentOf(engine, next);
    }
  }
  return { undone, redone: redone.toReversed() };
}

function parentOf(engine: Engine, place: Place): Place {
  const entry = readRecordFrom(engine, entryKey(place), (value, key) => decodeEntry(key, value));
  if (entry === undefined || place.height === 0) {
    throw new StoreDamagedError(`block ${place.hash} at height ${place.height} in ${engine.location} leads nowhere`);
  }
  return { hash: entry.header.prevHash, height: place.height - 1 };
}

function undoOf(engine: Engine, hash: BlockHash): BlockDelta {
  const delta = readRecordFrom(engine, undoKey(hash), decodeUndo);
  if (delta === undefined) throw new StoreDamagedError(`undo data of block ${hash} in ${engine.location} is missing`);
  return delta;
}
