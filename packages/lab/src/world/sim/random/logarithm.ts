import { assert } from "@forkyard/core/errors";

const LN_2 = 0.6931471805599453;
/** Highest power in the series for the rest: what is left out is below one part in 2^53. */
const LAST_POWER = 23;

/**
 * The natural logarithm by additions, multiplications and divisions only. `Math.log` may differ in its last digit from
 * engine to engine, and one digit changes a whole simulated world.
 * @param x above 0
 */
export function naturalLogarithm(x: number): number {
  assert(x > 0 && x < Number.POSITIVE_INFINITY, "only positive numbers have a logarithm");
  let mantissa = x;
  let exponent = 0;
  for (; mantissa >= 1.5; exponent++) mantissa /= 2;
  for (; mantissa < 0.75; exponent--) mantissa *= 2;
  // ln m = 2 artanh((m - 1) / (m + 1)), and the argument is at most 1/5.
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let sum = 0;
  for (let power = LAST_POWER; power >= 1; power -= 2) sum = sum * square + 1 / power;
  return 2 * ratio * sum + exponent * LN_2;
}
