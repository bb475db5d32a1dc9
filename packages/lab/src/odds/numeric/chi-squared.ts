import { logGamma } from "./log-gamma.ts";

const MAX_TERMS = 100_000;
const BISECTIONS = 200;

/** Chance that a chi-squared variable with `degrees` degrees of freedom exceeds `value`. */
export function chiSquaredUpperTail(value: number, degrees: number): number {
  if (value <= 0) return 1;
  const a = degrees / 2;
  const x = value / 2;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - front * lowerSeries(x, a) : front * upperFraction(x, a);
}

/** The value that is exceeded with chance `significance`, 0 < significance < 1. */
export function chiSquaredCriticalValue(significance: number, degrees: number): number {
  let low = 0;
  let high = 1;
  while (chiSquaredUpperTail(high, degrees) > significance) high *= 2;
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (chiSquaredUpperTail(middle, degrees) > significance) low = middle;
    else high = middle;
  }
  return high;
}

function lowerSeries(x: number, a: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n <= MAX_TERMS; n++) {
    term *= x / (a + n);
    const next = sum + term;
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

function upperFraction(x: number, a: number): number {
  let b = x + 1 - a;
  let c = Number.MAX_VALUE;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n <= MAX_TERMS; n++) {
    const numerator = n * (a - n);
    b += 2;
    d = 1 / (b + numerator * d);
    c = b + numerator / c;
    const change = c * d;
    fraction *= change;
    if (Math.abs(change - 1) < Number.EPSILON) break;
  }
  return fraction;
}
