/** How often blocks compete by nature, because news of a block takes time. */

/**
 * Constant delay: every other miner hears of a block `delaySeconds` after it was found, and finds blocks at the pace of his
 * share. A miner does not compete with himself, so the finder's `ownShare` stays out.
 * @returns the chance that somebody else finds a block before he hears of this one: 1 − e^(−(1 − s)D/T)
 */
export function constantDelayStaleRate(delaySeconds: number, intervalSeconds: number, ownShare: number): number {
  return -Math.expm1((-(1 - ownShare) * delaySeconds) / intervalSeconds);
}

/**
 * C. Decker and R. Wattenhofer, Information Propagation in the Bitcoin Network (IEEE P2P 2013), section IV: with f(t) the
 * share of the network that knows of a block after t seconds, D = ∫(1 − f(t))dt is its time in ignorance, and a block is
 * found in any second with chance 1/T.
 * @returns chance of a fork: 1 − (1 − 1/T)^D
 */
export function deckerWattenhoferForkRate(ignoranceSeconds: number, intervalSeconds: number): number {
  return -Math.expm1(ignoranceSeconds * Math.log1p(-1 / intervalSeconds));
}

export interface ObservedStaleRate {
  readonly perMainBlock: number;
  /** Of all blocks, stale ones included. */
  readonly share: number;
  /** Of the share, as a Poisson count. */
  readonly standardError: number;
}

/** What a count of stale blocks beside `mainBlocks` blocks of the chain says. */
export function observedStaleRate(staleBlocks: number, mainBlocks: number): ObservedStaleRate {
  const all = staleBlocks + mainBlocks;
  return {
    perMainBlock: staleBlocks / mainBlocks,
    share: staleBlocks / all,
    standardError: Math.sqrt(staleBlocks) / all,
  };
}
