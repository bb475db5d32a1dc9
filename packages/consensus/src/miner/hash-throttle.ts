import { assert } from "@forkyard/core/errors";
import {
  MAX_HASH_RATE,
  MIN_HASH_RATE,
  THROTTLE_MAX_BACKLOG_MS,
  THROTTLE_MIN_BACKLOG_HASHES,
  THROTTLE_TICK_MS,
} from "./limits.ts";

/** What a throttled miner should do next. */
export type ThrottleStep =
  | { readonly kind: "grind"; readonly hashes: number }
  | { readonly kind: "wait"; readonly delayMs: number };

/**
 * Holds a miner to a hash rate: a bucket that fills with hashes as time goes by and is emptied by hashing. What is owed
 * is worked out from the time that has passed, so that late timers do not add up to a drift, and a while without hashing
 * (a busy machine, no job) is made up for, within limits.
 *
 * Each hash is due at a random moment of its own share of time instead of at the end of it: miners of equal, very low
 * rates would else hash at the same moments for ever, and find their blocks at once.
 */
export class HashThrottle {
  readonly #hashesPerMs: number;
  readonly #random: () => number;
  /** Hashes that may be done, as of `#filledAtMs`; negative when one was done early in its share of time. */
  #credit = 0;
  #filledAtMs: number;
  /** Credit, 0..1, at which the next hash is due. */
  #threshold: number;

  /**
   * @param hashRate hashes a second
   * @param random evenly distributed numbers, 0 inclusive to 1 exclusive
   */
  constructor(hashRate: number, nowMs: number, random: () => number) {
    assert(hashRate >= MIN_HASH_RATE && hashRate <= MAX_HASH_RATE, `a hash rate of ${hashRate}`);
    this.#hashesPerMs = hashRate / 1000;
    this.#random = random;
    this.#filledAtMs = nowMs;
    this.#threshold = random();
  }

  /**
   * The hashes that are due now, or how long to wait for more.
   * @param maxHashes at most so many at once
   */
  next(nowMs: number, maxHashes: number): ThrottleStep {
    this.#fill(nowMs);
    // A fast miner waits until a tick's worth is due: else it would be busy with a few hashes at a time.
    const missing = this.#threshold + this.#hashesPerMs * THROTTLE_TICK_MS - this.#credit;
    if (missing > 0) return { kind: "wait", delayMs: Math.max(missing / this.#hashesPerMs, THROTTLE_TICK_MS) };
    const due = Math.floor(this.#credit - this.#threshold) + 1;
    return { kind: "grind", hashes: Math.min(due, maxHashes) };
  }

  /** Hashes were done. */
  spend(hashes: number): void {
    this.#credit -= hashes;
    this.#threshold = this.#random();
  }

  #fill(nowMs: number): void {
    const maxBacklog = Math.max(THROTTLE_MIN_BACKLOG_HASHES, this.#hashesPerMs * THROTTLE_MAX_BACKLOG_MS);
    const earned = (nowMs - this.#filledAtMs) * this.#hashesPerMs;
    this.#credit = Math.min(this.#credit + earned, maxBacklog);
    this.#filledAtMs = nowMs;
  }
}
