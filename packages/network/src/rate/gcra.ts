import type { Quota } from "../limits.ts";

/**
 * Generic cell rate algorithm: a leaky bucket kept as one number, the time at which all that was taken will be paid off.
 * Up to `quota.units` may be taken at once; they come back evenly over `quota.windowMs`.
 */
export class Gcra {
  readonly #quota: Quota;
  readonly #msPerUnit: number;
  #paidOffAtMs = 0;

  /** @param pace share of the quota's speed that is used, at most 1. */
  constructor(quota: Quota, pace = 1) {
    this.#quota = quota;
    this.#msPerUnit = quota.windowMs / (quota.units * pace);
  }

  /** Takes `units` if the quota allows it now. More than the whole quota is never allowed. */
  take(units: number, nowMs: number): boolean {
    if (this.readyAtMs(units, nowMs) > nowMs) return false;
    this.charge(units, nowMs);
    return true;
  }

  /** Earliest time at which {@link take} would succeed; Infinity for more than the whole quota. */
  readyAtMs(units: number, nowMs: number): number {
    if (units > this.#quota.units) return Number.POSITIVE_INFINITY;
    return Math.max(nowMs, this.#paidOffAtMs + units * this.#msPerUnit - this.#quota.windowMs);
  }

  /** Takes `units` even when that overdraws: for costs known only afterwards. */
  charge(units: number, nowMs: number): void {
    this.#paidOffAtMs = Math.max(nowMs, this.#paidOffAtMs) + units * this.#msPerUnit;
  }

  /** True while charges have overdrawn the quota. */
  overdrawn(nowMs: number): boolean {
    return this.#paidOffAtMs - nowMs > this.#quota.windowMs;
  }
}
