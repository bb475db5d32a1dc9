import type { SeededRandom } from "../../fuzz/support/seeded-random.ts";

/** At most `limit` of the points, in their order. */
export function drawn(random: SeededRandom, points: readonly string[], limit: number): readonly string[] {
  const left = [...points];
  while (left.length > limit) left.splice(random.below(left.length), 1);
  return left;
}
