/** Numbers that bound what mining does. */

/** A nonce has 32 bits. */
export const NONCE_COUNT = 0x1_0000_0000;
/** Time that each grinder gets to show how fast it is. */
export const CALIBRATION_MS = 50;
/** Hashes of one measurement in a calibration: short against the whole, long against the clock's grain. */
export const CALIBRATION_BATCH_HASHES = 4_096;
/** How long a worker hashes before it looks at its messages: the most that a cancelled job goes on. */
export const FULL_POWER_BATCH_MS = 10;
/** Fewest hashes of a batch, so that a slow grinder does not spend its time on messages. */
export const MIN_BATCH_HASHES = 256;
/** A throttled miner wakes no more often than this; more wake-ups would only cost power. */
export const THROTTLE_TICK_MS = 25;
/** Hashes that were missed for longer than this (a suspended machine) are not made up for. */
export const THROTTLE_MAX_BACKLOG_MS = 2_000;
/** Nor are more than this many made up for where that time is less than one hash long. */
export const THROTTLE_MIN_BACKLOG_HASHES = 2;
/** Hash rates that a miner may be throttled to, in hashes a second. */
export const MIN_HASH_RATE = 0.001;
export const MAX_HASH_RATE = 1e12;
/** Worker threads of one pool. */
export const MAX_WORKERS = 64;
/** Bytes of the text that names the miner in a coinbase: leaves room for height and extra nonce in 100 bytes. */
export const MAX_COINBASE_TAG_BYTES = 80;
/** Weight left free for the header, the transaction count and the coinbase (Bitcoin Core `-blockreservedweight`). */
export const RESERVED_BLOCK_WEIGHT = 4_000;
/** Signature operations left free for the coinbase's outputs, in cost units (Bitcoin Core). */
export const RESERVED_BLOCK_SIGOPS_COST = 400;
