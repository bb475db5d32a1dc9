import { MAX_SELECTION_TRIES } from "../limits.ts";

/** A coin as the search sees it: what it brings after paying for its own input. All of them above 0. */
export interface EffectiveCoin<T> {
  readonly coin: T;
  readonly effectiveValue: bigint;
}

/** The best subset found so far: the indexes chosen and what they bring beyond the target. */
interface Best {
  chosen: readonly number[];
  excess: bigint;
}

/**
 * Looks for coins that bring between `target` and `target + tolerance`, so that no change is needed, and of those the
 * set with the least excess (Murch, "An evaluation of coin selection strategies", 2016). Depth first over the coins,
 * largest first, taking each before leaving it out; gives up after {@link MAX_SELECTION_TRIES} steps.
 * @param coins in a fixed order for equal values, so that the answer is always the same
 */
export function branchAndBound<T>(
  coins: readonly EffectiveCoin<T>[],
  target: bigint,
  tolerance: bigint,
): readonly T[] | undefined {
  const sorted = coins.toSorted((a, b) => descending(a.effectiveValue, b.effectiveValue));
  const best = search(
    sorted.map((coin) => coin.effectiveValue),
    target,
    tolerance,
  );
  return best?.chosen.map((index) => (sorted[index] as EffectiveCoin<T>).coin);
}

function search(values: readonly bigint[], target: bigint, tolerance: bigint): Best | undefined {
  const restFrom = sumsFromEnd(values);
  const chosen: number[] = [];
  let best: Best | undefined;
  let sum = 0n;
  let depth = 0;
  for (let tries = 0; tries < MAX_SELECTION_TRIES; tries++) {
    const excess = sum - target;
    const mostExcess = best === undefined ? tolerance : best.excess - 1n;
    const hopeless = excess > mostExcess || sum + (restFrom[depth] as bigint) < target;
    if (!hopeless && excess < 0n) {
      chosen.push(depth);
      sum += values[depth] as bigint;
      depth++;
      continue;
    }
    if (!hopeless) best = { chosen: [...chosen], excess };
    if (best?.excess === 0n) return best;
    // Back to the last coin taken: go on without it.
    const last = chosen.pop();
    if (last === undefined) return best;
    sum -= values[last] as bigint;
    depth = nextDifferent(values, last);
  }
  return best;
}

/** Leaving out one coin and taking its equal is the same set again: skip the equals. */
function nextDifferent(values: readonly bigint[], index: number): number {
  let next = index + 1;
  while (next < values.length && values[next] === values[index]) next++;
  return next;
}

/** At each index the sum of all values from there on; one zero more at the end. */
function sumsFromEnd(values: readonly bigint[]): readonly bigint[] {
  const sums = Array.from({ length: values.length + 1 }, () => 0n);
  for (let i = values.length - 1; i >= 0; i--) sums[i] = (sums[i + 1] as bigint) + (values[i] as bigint);
  return sums;
}

function descending(a: bigint, b: bigint): number {
  return a === b ? 0 : a > b ? -1 : 1;
}
