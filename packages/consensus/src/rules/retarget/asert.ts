import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockHeader } from "@forkyard/core/header";
import type { NetworkParams, RetargetRule } from "@forkyard/core/params/network-params";
import { bitsToTarget, targetToBits } from "../target.ts";

export type AsertRule = Extract<RetargetRule, { kind: "asert" }>;

/** Fixed-point places after the binary point. */
const RADIX_BITS = 16n;
const RADIX = 1n << RADIX_BITS;
/** Cubic that approximates 2^x - 1 for x in 0..1, in units of 2^-48 (the algorithm's published constants). */
const LINEAR = 195_766_423_245_049n;
const QUADRATIC = 971_821_376n;
const CUBIC = 5_127n;
const CUBIC_BITS = 48n;
/** A target has 256 bits: shifts beyond that have the same outcome as this one. */
const MAX_SHIFT = 256n;

/**
 * Bits of the child of `parent` by aserti3-2d: the genesis target, doubled for every half-life that the chain is behind
 * its schedule of one block every `spacingSeconds`, halved for every half-life ahead.
 */
export function asertBits(parent: ChainEntry, rule: AsertRule, params: NetworkParams): number {
  const target = asertTarget({
    anchorTarget: bitsToTarget(params.genesis.header.bits),
    secondsBehind: parent.scheduleTime - params.spacingSeconds * parent.height,
    halfLifeSeconds: rule.halfLifeSeconds,
    powLimit: params.powLimit,
  });
  return targetToBits(target);
}

/**
 * The algorithm's arithmetic, all integer (BCH specification 2020-11-15).
 * @param secondsBehind how much later than scheduled the last block came; negative when it came early
 */
export function asertTarget(inputs: {
  anchorTarget: bigint;
  secondsBehind: number | bigint;
  halfLifeSeconds: number;
  powLimit: bigint;
}): bigint {
  const { anchorTarget, powLimit } = inputs;
  // BigInt division cuts towards zero, as the specification demands of this one.
  const exponent = (BigInt(inputs.secondsBehind) * RADIX) / BigInt(inputs.halfLifeSeconds);
  const wholeDoublings = exponent >> RADIX_BITS;
  const fraction = exponent & (RADIX - 1n);
  const factor = RADIX + cubicPowerOfTwo(fraction);
  const shift = wholeDoublings - RADIX_BITS;
  if (shift > MAX_SHIFT) return powLimit;
  const target = shift < 0n ? (anchorTarget * factor) >> -shift : (anchorTarget * factor) << shift;
  if (target === 0n) return 1n;
  return target > powLimit ? powLimit : target;
}

/**
 * Running time of a chain after a header: the clock of the rule above, 0 for other rules. A gap counts for at most
 * `maxGapSeconds`, so that a devnet that was switched off goes on where it was.
 * The bound holds backwards too: a block may be dated two hours ahead, and when its child returns to the true time,
 * the clock must not lose more than the forward jump was allowed to add, or one such block would freeze the chain.
 */
export function scheduleTimeAfter(
  parent: ChainEntry,
  header: Pick<BlockHeader, "time">,
  params: NetworkParams,
): number {
  if (params.retarget.kind !== "asert") return 0;
  const { maxGapSeconds } = params.retarget;
  const gap = header.time - parent.header.time;
  return parent.scheduleTime + Math.max(-maxGapSeconds, Math.min(gap, maxGapSeconds));
}

/** 2^(fraction / 65536) - 1, times 65536, for a fraction in 0..65535. */
export function cubicPowerOfTwo(fraction: bigint): bigint {
  const rounding = 1n << (CUBIC_BITS - 1n);
  return (LINEAR * fraction + QUADRATIC * fraction ** 2n + CUBIC * fraction ** 3n + rounding) >> CUBIC_BITS;
}
