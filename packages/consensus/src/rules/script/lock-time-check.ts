import { SEQUENCE_FINAL, type Transaction, type TxInput } from "@forkyard/core/tx";
import { LOCK_TIME_THRESHOLD } from "../locks.ts";

/** BIP68: set in a sequence number that is no relative lock. */
export const SEQUENCE_LOCK_DISABLED: number = 1 << 31;
/** BIP68: set when the lock is in units of 512 seconds, not blocks. */
const SEQUENCE_TYPE_TIME = 1 << 22;
/** BIP68: the bits that hold the lock's length. */
const SEQUENCE_LENGTH_MASK = 0xffff;
/** BIP68: transactions of lower versions have no relative locks. The version compares as unsigned. */
const MIN_SEQUENCE_LOCK_VERSION = 2;

/** BIP65: `lockTime` is of the transaction's kind (height or time), not above it, and the input has not switched it off. */
export function lockTimeReached(tx: Transaction, input: TxInput, lockTime: number): boolean {
  const sameKind = lockTime < LOCK_TIME_THRESHOLD === tx.lockTime < LOCK_TIME_THRESHOLD;
  return sameKind && lockTime <= tx.lockTime && input.sequence !== SEQUENCE_FINAL;
}

/** BIP112: the input's own relative lock is of the same kind as `sequence` and at least as long. */
export function sequenceReached(tx: Transaction, input: TxInput, sequence: number): boolean {
  if (tx.version >>> 0 < MIN_SEQUENCE_LOCK_VERSION) return false;
  if ((input.sequence & SEQUENCE_LOCK_DISABLED) !== 0) return false;
  const sameKind = (sequence & SEQUENCE_TYPE_TIME) === (input.sequence & SEQUENCE_TYPE_TIME);
  return sameKind && (sequence & SEQUENCE_LENGTH_MASK) <= (input.sequence & SEQUENCE_LENGTH_MASK);
}
