import { poissonProbability } from "./numeric/poisson.ts";

/**
 * S. Nakamoto, Bitcoin: A Peer-to-Peer Electronic Cash System (2008), section 11.
 *
 * Assumes that the honest chain grows exactly on schedule while the merchant waits, so that the attacker's progress is
 * Poisson with mean zq/p; the true law is negative binomial ({@link file://./rosenfeld.ts}), and this result is too low.
 * Convention: z blocks are linked after the block with the payment; no block is mined ahead; drawing level is enough.
 *
 * The printed formula is 1 − Σ Poisson(k)(1 − (q/p)^(z−k)). Here it is P(K > z) + Σ_{k≤z} Poisson(k)(q/p)^(z−k): positive
 * terms only, which fall from k = z in both directions (downwards by k/z, upwards by zq/(pk)).
 *
 * @param q the attacker's share of the hash power, 0..1
 * @param z confirmations, a whole number ≥ 0
 * @returns the chance that the attacker catches up, ever
 */
export function nakamotoProbability(q: number, z: number): number {
  const p = 1 - q;
  if (z === 0 || q >= p) return 1;
  if (q === 0) return 0;
  const mean = (z * q) / p;
  let sum = 0;
  for (let k = z, term = 1; k >= 0 && sum + term !== sum; k--) {
    sum += term;
    term *= k / z;
  }
  for (let k = z + 1, term = mean / k; sum + term !== sum; k++) {
    sum += term;
    term *= mean / (k + 1);
  }
  return Math.min(1, poissonProbability(z, mean) * sum);
}
