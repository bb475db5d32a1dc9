/**
 * Building blocks of binomial and Poisson probabilities that keep their digits for large counts (C. Loader, Fast and
 * Accurate Computation of Binomial Probabilities, 2000): what Stirling's formula misses, and the deviance.
 */

/** From here on the asymptotic series is exact to the last digit. */
const SERIES_FROM = 16;
/** Where x and mean are this close, their difference is expanded in a series. */
const CLOSE = 0.1;

/** ln n! − (½ ln 2πn + n ln n − n), for whole n ≥ 1. */
export function stirlingError(n: number): number {
  if (n < SERIES_FROM) {
    let logFactorial = 0;
    for (let factor = 2; factor <= n; factor++) logFactorial += Math.log(factor);
    return logFactorial - (0.5 * Math.log(2 * Math.PI * n) + n * Math.log(n) - n);
  }
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n;
}

/** x ln(x/mean) + mean − x, without cancellation when both are close. `x` ≥ 0, `mean` > 0. */
export function deviance(x: number, mean: number): number {
  const difference = x - mean;
  if (x === 0) return mean;
  if (Math.abs(difference) >= CLOSE * (x + mean)) return x * Math.log(x / mean) - difference;
  const v = difference / (x + mean);
  let sum = difference * v;
  let term = 2 * x * v;
  for (let odd = 3; ; odd += 2) {
    term *= v * v;
    const next = sum + term / odd;
    if (next === sum) return sum;
    sum = next;
  }
}
