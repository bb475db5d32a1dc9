import { leastConfirmations } from "./confirmations.ts";

/** A payment and the attacker whom it might tempt. Money in one unit, such as satoshis. */
export interface PaymentAtRisk {
  /** What the attacker gains by taking the payment back. */
  readonly amount: number;
  /** The attacker's share of the hash power while he attacks, 0 < q < 1. */
  readonly q: number;
  /** What the hash power costs that finds one block on average. */
  readonly hashCost: number;
  /** What a block brings whoever finds it, if it stays on the chain; 0 when the attack ruins the coin. */
  readonly blockReward: number;
}

export interface AttackBalance {
  readonly probability: number;
  /** Amount and rewards of the winning branch, times the probability. */
  readonly expectedGain: number;
  /** Of the blocks that the attacker mines while the merchant waits. */
  readonly expectedCost: number;
}

/**
 * What an attack on a payment with z confirmations is expected to bring and to cost (after M. Rosenfeld, arXiv:1402.2009,
 * section 6, in which an attack must be worth the blocks it throws away).
 *
 * Assumptions: the attacker finds zq/p blocks while the honest side finds z, and pays for them whatever comes; if he wins,
 * z + 1 blocks of his count. What he mines in the chase after that is taken to pay for itself, and the chance is that of an
 * attacker who never gives up. Both favour the attacker, so the merchant is on the safe side.
 */
export function attackBalance(
  probability: (q: number, z: number) => number,
  payment: PaymentAtRisk,
  z: number,
): AttackBalance {
  const { amount, q, hashCost, blockReward } = payment;
  const chance = probability(q, z);
  return {
    probability: chance,
    expectedGain: chance * (amount + blockReward * (z + 1)),
    expectedCost: (hashCost * z * q) / (1 - q),
  };
}

/**
 * Least confirmations from which on the attack loses money on average; undefined when no number is enough: a majority whose
 * rewards pay for its hash power.
 */
export function confirmationsAgainstProfit(
  probability: (q: number, z: number) => number,
  payment: PaymentAtRisk,
): number | undefined {
  return leastConfirmations((z) => {
    const { expectedGain, expectedCost } = attackBalance(probability, payment, z);
    // Per block of the branch the gain falls and the cost rises with z, so it stays true from the first z on.
    return expectedGain <= expectedCost;
  });
}
