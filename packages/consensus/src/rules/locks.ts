import type { ChainEntry } from "@forkyard/core/chain";
import { SEQUENCE_FINAL, type Transaction, type TxInput } from "@forkyard/core/tx";
import type { Ancestry } from "./ancestry.ts";
import { medianTimePast } from "./median-time.ts";

/** A lock time below this is a height, from here on seconds since 1970. */
export const LOCK_TIME_THRESHOLD = 500_000_000;

/** BIP68: parts of an input's sequence number. */
const SEQUENCE_LOCK_DISABLED = 0x80000000;
const SEQUENCE_LOCK_IS_TIME = 0x00400000;
const SEQUENCE_LOCK_MASK = 0x0000ffff;
/** BIP68: a time lock counts in units of 2^9 = 512 seconds. */
const SEQUENCE_LOCK_SECONDS = 512;
const BIP68_VERSION = 2;

/**
 * True when the lock time lets the transaction into a block.
 * @param height of that block
 * @param timeCutoffSeconds what time locks must be below: median time past of its parent (BIP113), its own time before
 */
export function isFinalTx(tx: Transaction, height: number, timeCutoffSeconds: number): boolean {
  if (tx.lockTime === 0) return true;
  const cutoff = tx.lockTime < LOCK_TIME_THRESHOLD ? height : timeCutoffSeconds;
  return tx.lockTime < cutoff || tx.inputs.every((input) => input.sequence === SEQUENCE_FINAL);
}

/**
 * What BIP68 demands of the block that takes the transaction in: a height above `minHeight` and a parent whose median
 * time past is above `minTime`; -1 demands nothing (Bitcoin Core `CalculateSequenceLocks`).
 */
export interface SequenceLocks {
  readonly minHeight: number;
  readonly minTime: number;
}

/**
 * BIP68 locks of a transaction that a child of `parent` would take in.
 * @param coinHeights height of the block that made each input's coin, in order; parent.height + 1 for one that waits
 * in the mempool or is made by the same block
 */
export function sequenceLocks(
  tx: Transaction,
  coinHeights: readonly number[],
  parent: ChainEntry,
  ancestry: Ancestry,
): SequenceLocks {
  let minHeight = -1;
  let minTime = -1;
  // The version is signed on the wire and unsigned in this rule.
  if (tx.version >>> 0 < BIP68_VERSION) return { minHeight, minTime };
  for (let i = 0; i < tx.inputs.length; i++) {
    const { sequence } = tx.inputs[i] as TxInput;
    if ((sequence & SEQUENCE_LOCK_DISABLED) !== 0) continue;
    const coinHeight = coinHeights[i] as number;
    const span = sequence & SEQUENCE_LOCK_MASK;
    if ((sequence & SEQUENCE_LOCK_IS_TIME) === 0) minHeight = Math.max(minHeight, coinHeight + span - 1);
    else minTime = Math.max(minTime, coinTime(coinHeight, parent, ancestry) + span * SEQUENCE_LOCK_SECONDS - 1);
  }
  return { minHeight, minTime };
}

/** True when a child of `parent` may take in a transaction with these locks (Bitcoin Core `EvaluateSequenceLocks`). */
export function sequenceLocksPass(locks: SequenceLocks, parent: ChainEntry, ancestry: Ancestry): boolean {
  if (locks.minHeight >= parent.height + 1) return false;
  return locks.minTime === -1 || locks.minTime < medianTimePast(parent, ancestry);
}

/** A coin's age counts from the median time past of the block before the one that made it. */
function coinTime(coinHeight: number, parent: ChainEntry, ancestry: Ancestry): number {
  return medianTimePast(ancestry.ancestor(parent, Math.max(coinHeight - 1, 0)), ancestry);
}
