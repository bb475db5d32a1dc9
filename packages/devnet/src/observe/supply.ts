import { COIN } from "@forkyard/core/units";

const FIRST_SUBSIDY = 50n * COIN;

/**
 * Satoshis that blocks 1 to `height` may have made: 50 coins each, half as many after every halving. The genesis
 * reward cannot be spent and is no coin.
 */
export function issuedUpTo(height: number, halvingBlocks: number): bigint {
  let issued = 0n;
  let subsidy = FIRST_SUBSIDY;
  // Era n holds heights n*halving to (n+1)*halving-1; the first one lacks height 0.
  for (let first = 1, end = halvingBlocks; subsidy > 0n && first <= height; first = end, end += halvingBlocks) {
    issued += subsidy * BigInt(Math.min(height + 1, end) - first);
    subsidy /= 2n;
  }
  return issued;
}
