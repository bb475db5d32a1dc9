import { binomialUpperTail } from "./numeric/binomial.ts";

/**
 * The race as a laboratory runs it: Rosenfeld's exact law (arXiv:1402.2009) without a block mined ahead, and with the rule
 * of nodes that the first seen of two equal branches stays, so that the attacker must get strictly ahead.
 *
 * Convention: n confirmations, n = 1 when the payment is in one block. The sum
 * 1 − Σ_{m≤n} C(m+n−1, m) p^n q^m (1 − (q/p)^(n−m+1)) is P(B > n) + (q/p)·P(B ≥ n) with B binomial over 2n blocks.
 *
 * @param q the attacker's share of the hash power, 0..1
 * @param n confirmations, a whole number ≥ 0
 */
export function strictProbability(q: number, n: number): number {
  const p = 1 - q;
  if (q >= p) return 1;
  if (q === 0) return 0;
  const ahead = n === 0 ? 0 : binomialUpperTail(2 * n, n + 1, q);
  return Math.min(1, ahead + (q / p) * binomialUpperTail(2 * n, n, q));
}
