import { binomialUpperTail } from "./numeric/binomial.ts";
import { regularisedIncompleteBeta } from "./numeric/incomplete-beta.ts";

/**
 * M. Rosenfeld, Analysis of Hashrate-Based Double-Spending (arXiv:1402.2009, 2014), section 4, Table 1.
 *
 * Assumes constant shares and that the attacker never gives up; his blocks while the honest side finds n are negative
 * binomial. Convention: n confirmations, n = 1 when the payment is in one block; one block is mined ahead before the
 * payment is shown, and the attacker must get strictly ahead. C. Grunspan and R. Pérez-Marco (Double Spend Races,
 * arXiv:1702.02867) mine none ahead and let drawing level count: the same number.
 *
 * The printed sum 1 − Σ_{m≤n} C(m+n−1, m)(p^n q^m − p^m q^n) is twice the chance that the attacker finds n blocks before
 * the honest side does, which is the upper half of a binomial over 2n − 1 blocks. That has positive terms only.
 *
 * @param q the attacker's share of the hash power, 0..1
 * @param n confirmations, a whole number ≥ 0
 */
export function rosenfeldProbability(q: number, n: number): number {
  if (n === 0 || q >= 1 - q) return 1;
  if (q === 0) return 0;
  return Math.min(1, 2 * binomialUpperTail(2 * n - 1, n, q));
}

/** The same as I_{4pq}(n, ½), as Grunspan and Pérez-Marco write it (Theorem 1). A cross-check. */
export function grunspanPerezMarcoProbability(q: number, n: number): number {
  if (n === 0 || q >= 1 - q) return 1;
  return regularisedIncompleteBeta(4 * q * (1 - q), n, 0.5);
}
