/** Confidence level of all intervals here. */
export const CONFIDENCE_LEVEL = 0.99;
/** Standard deviations on each side of the normal distribution that hold {@link CONFIDENCE_LEVEL} of it. */
export const CONFIDENCE_DEVIATIONS = 2.5758293035489004;

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** E. B. Wilson's score interval (1927) for a chance of which `successes` in `runs` were seen. Right near 0 and 1 too. */
export function wilsonInterval(successes: number, runs: number): Interval {
  const square = CONFIDENCE_DEVIATIONS * CONFIDENCE_DEVIATIONS;
  const share = successes / runs;
  const centre = (share + square / (2 * runs)) / (1 + square / runs);
  const spread = Math.sqrt((share * (1 - share)) / runs + square / (4 * runs * runs));
  const half = (CONFIDENCE_DEVIATIONS * spread) / (1 + square / runs);
  // At the ends the formula is exact, its rounding is not.
  return {
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === runs ? 1 : Math.min(1, centre + half),
  };
}
