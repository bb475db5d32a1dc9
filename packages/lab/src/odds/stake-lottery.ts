import { chiSquaredUpperTail } from "./numeric/chi-squared.ts";

/**
 * The lottery of proof of stake: each block goes to a holder with chance stake/total, independently (I. Bentov, A. Gabizon,
 * A. Mizrahi, Cryptocurrencies without Proof of Work, arXiv:1406.5694; F. Saleh, Blockchain without Waste, RFS 2021).
 */
export interface StakeShare {
  readonly chance: number;
  readonly expected: number;
  readonly variance: number;
}

/** What each holder can expect of `draws` blocks. Stakes are positive. */
export function stakeShares(stakes: readonly number[], draws: number): readonly StakeShare[] {
  const total = stakes.reduce((sum, stake) => sum + stake, 0);
  return stakes.map((stake) => {
    const chance = stake / total;
    return { chance, expected: draws * chance, variance: draws * chance * (1 - chance) };
  });
}

/** Chance that a holder with this chance wins the next `length` blocks in a row. */
export function streakProbability(chance: number, length: number): number {
  return chance ** length;
}

export interface ChiSquaredTest {
  readonly statistic: number;
  readonly degrees: number;
  /** Chance of a statistic this large if the lottery is fair. Trust it when every expected count is at least 5. */
  readonly pValue: number;
}

/** Pearson's test of blocks won against stakes. */
export function stakeChiSquared(stakes: readonly number[], won: readonly number[]): ChiSquaredTest {
  const draws = won.reduce((sum, count) => sum + count, 0);
  const statistic = stakeShares(stakes, draws).reduce(
    (sum, { expected }, i) => sum + ((won[i] ?? 0) - expected) ** 2 / expected,
    0,
  );
  const degrees = stakes.length - 1;
  return { statistic, degrees, pValue: chiSquaredUpperTail(statistic, degrees) };
}

/**
 * Share of stake above which a private branch beats an honest longest chain when the lottery may be tried again on every
 * own block: it then grows e times as fast (A. Dembo et al., Everything is a Race and Nakamoto Always Wins, 2020).
 */
export const GRINDING_THRESHOLD: number = 1 / (1 + Math.E);
