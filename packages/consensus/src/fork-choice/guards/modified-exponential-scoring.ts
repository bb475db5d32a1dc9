import { branchWork } from "./branch-work.ts";
import { PERMITTED, type ReorgGuard, refused } from "./reorg-guard.ts";

/** The factor is a fraction over this. */
const DENOMINATOR = 128n;
/** Seconds after which the factor no longer grows: 8,000 pi, where the curve that it stands for has its top. */
const CAP_SECONDS = 25_132n;
/** What is added to 1 at the cap, over the denominator: 30. */
const RISE = DENOMINATOR * 30n;

/**
 * How many 128ths of the own branch's work another branch must have, `seconds` after the fork: a cubic from 128 (once)
 * to 3,968 (31 times) at 25,132 s (ECIP-1100, the ecbp1100 polynomial).
 */
export function messFactor(seconds: number): bigint {
  const whole = BigInt(Math.max(0, Math.floor(seconds)));
  const x = whole < CAP_SECONDS ? whole : CAP_SECONDS;
  return DENOMINATOR + ((3n * x ** 2n - (2n * x ** 3n) / CAP_SECONDS) * RISE) / CAP_SECONDS ** 2n;
}

/**
 * MESS, Modified Exponential Subjective Scoring (I. Ansari, Z. Belikoff and others, ECIP-1100; Ethereum Classic from
 * October 2020, after three attacks, until 2024): the further the fork lies back by header time, the more work a branch
 * needs, up to 31 times that of the node's own. Headers in place of arrival times make nodes agree on the factor.
 *
 * Cost: nodes still differ in which branch they hold already, so two sides cut apart for hours stay apart unless one is
 * many times stronger; Ethereum Classic switched it off on nodes that sync or have few peers, which leaves those open.
 */
export function messGuard(): ReorgGuard {
  return {
    name: "mess",
    permits: (plan) => {
      const tip = plan.disconnect[0];
      if (tip === undefined) return PERMITTED;
      const factor = messFactor(tip.header.time - plan.fork.header.time);
      const { gained, lost } = branchWork(plan);
      if (gained * DENOMINATOR >= factor * lost) return PERMITTED;
      return refused(`needs ${(Number(factor) / Number(DENOMINATOR)).toFixed(2)} times the work it would replace`);
    },
  };
}
