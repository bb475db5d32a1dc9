import { MAX_SEARCHED_CONFIRMATIONS } from "./limits.ts";

/**
 * Least whole number z ≥ 0 at which `holds` is true, given that it stays true from there on; undefined when it is not even
 * true at {@link MAX_SEARCHED_CONFIRMATIONS}.
 */
export function leastConfirmations(holds: (z: number) => boolean): number | undefined {
  if (holds(0)) return 0;
  let high = 1;
  while (!holds(high)) {
    if (high >= MAX_SEARCHED_CONFIRMATIONS) return undefined;
    high = Math.min(high * 2, MAX_SEARCHED_CONFIRMATIONS);
  }
  // The search doubled, so half of `high` did not hold.
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Least confirmations that leave an attacker with share `q` a chance below `risk`; undefined when there is none. */
export function confirmationsForRisk(
  probability: (q: number, z: number) => number,
  q: number,
  risk: number,
): number | undefined {
  if (q >= 0.5) return undefined;
  return leastConfirmations((z) => probability(q, z) < risk);
}
