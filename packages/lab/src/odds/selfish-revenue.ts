/**
 * I. Eyal and E. G. Sirer, Majority is not Enough: Bitcoin Mining is Vulnerable (FC 2014, arXiv:1311.0243), section 4.
 *
 * Assumes one pool that withholds by their algorithm 1 (SM1), blocks that reach everybody at once, and the long run. The
 * revenue is a share of the blocks that count; in blocks per hour there is a gain only once difficulty has followed.
 */

/**
 * Equation (8): the pool's share of all blocks on the chain.
 * @param alpha the pool's share of the hash power, 0 ≤ alpha < ½
 * @param gamma share of the honest power that mines on the pool's block during a tie of one block each, 0..1
 */
export function selfishRevenue(alpha: number, gamma: number): number {
  const honest = 1 - alpha;
  const gain = alpha * honest * honest * (4 * alpha + gamma * (1 - 2 * alpha)) - alpha ** 3;
  return gain / (1 - alpha * (1 + (2 - alpha) * alpha));
}

/** Equation (9): from this share of the hash power on withholding pays. */
export function selfishThreshold(gamma: number): number {
  return (1 - gamma) / (3 - 2 * gamma);
}
