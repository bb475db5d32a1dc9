import { deviance, stirlingError } from "./stirling.ts";

/** Chance of exactly `k` successes in `trials`, each with chance `q`. */
export function binomialProbability(trials: number, k: number, q: number): number {
  if (k < 0 || k > trials) return 0;
  if (q === 0) return k === 0 ? 1 : 0;
  if (q === 1) return k === trials ? 1 : 0;
  if (k === 0) return Math.exp(trials * Math.log1p(-q));
  if (k === trials) return Math.exp(trials * Math.log(q));
  const rest = trials - k;
  const stirling = stirlingError(trials) - stirlingError(k) - stirlingError(rest);
  const exponent = stirling - deviance(k, trials * q) - deviance(rest, trials * (1 - q));
  return Math.exp(exponent) * Math.sqrt(trials / (2 * Math.PI * k * rest));
}

/**
 * Chance of at least `least` successes in `trials`. A sum of positive terms that fall from the first one on, so it keeps
 * its digits however small it is; meant for `least` at or above the mean.
 */
export function binomialUpperTail(trials: number, least: number, q: number): number {
  if (least <= 0) return 1;
  const odds = q / (1 - q);
  let ratios = 1;
  let sum = 1;
  for (let k = least; k < trials; k++) {
    ratios *= ((trials - k) / (k + 1)) * odds;
    const next = sum + ratios;
    if (next === sum) break;
    sum = next;
  }
  return binomialProbability(trials, least, q) * sum;
}
