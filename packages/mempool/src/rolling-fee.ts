import type { FeeRate } from "./fee-rate.ts";
import { MAX_ROLLING_FEE_HALVINGS, ROLLING_FEE_HALF_LIFE_MS } from "./limits.ts";

/** Steps in which one halving happens: smooth enough, and whole numbers only, so that every machine agrees. */
const STEPS_PER_HALVING = 16;
/** 2^(-1/16), in millionths. */
const STEP_FACTOR = 957_603n;
const MILLION = 1_000_000n;
/** Kept in more detail than a whole satoshi, or rounding would eat small rates. */
const SCALE = 1_000_000n;

/**
 * The fee rate that a full mempool demands: what it last threw out, and a bit more. Falls by half every twelve hours
 * once a block has come, faster in a pool that is half or a quarter full (Bitcoin Core `GetMinFee`).
 */
export class RollingFee {
  readonly #incremental: FeeRate;
  readonly #maxUsageBytes: number;
  #scaled = 0n;
  #updatedMs = 0;
  #blockSinceBump = false;

  constructor(incremental: FeeRate, maxUsageBytes: number) {
    this.#incremental = incremental;
    this.#maxUsageBytes = maxUsageBytes;
  }

  /** A package of this rate was thrown out. */
  evicted(rate: FeeRate): void {
    const bumped = (rate + this.#incremental) * SCALE;
    if (bumped <= this.#scaled) return;
    this.#scaled = bumped;
    this.#blockSinceBump = false;
  }

  /** A block came: from now on the rate falls. */
  blockConnected(nowMs: number): void {
    this.#blockSinceBump = true;
    this.#updatedMs = nowMs;
  }

  /** The rate at this time; 0 when the mempool has room for anything. */
  rate(nowMs: number, usageBytes: number): FeeRate {
    if (this.#scaled === 0n) return 0n;
    if (this.#blockSinceBump) this.#decay(nowMs, this.#stepMs(usageBytes));
    if (this.#scaled * 2n < this.#incremental * SCALE) this.#scaled = 0n;
    if (this.#scaled === 0n) return 0n;
    const rate = this.#scaled / SCALE;
    return rate > this.#incremental ? rate : this.#incremental;
  }

  #stepMs(usageBytes: number): number {
    const faster = usageBytes < this.#maxUsageBytes / 4 ? 4 : usageBytes < this.#maxUsageBytes / 2 ? 2 : 1;
    return ROLLING_FEE_HALF_LIFE_MS / STEPS_PER_HALVING / faster;
  }

  #decay(nowMs: number, stepMs: number): void {
    const steps = Math.floor((nowMs - this.#updatedMs) / stepMs);
    if (steps <= 0) return;
    this.#updatedMs += steps * stepMs;
    if (steps > MAX_ROLLING_FEE_HALVINGS * STEPS_PER_HALVING) {
      this.#scaled = 0n;
      return;
    }
    for (let step = 0; step < steps; step++) this.#scaled = (this.#scaled * STEP_FACTOR) / MILLION;
  }
}
