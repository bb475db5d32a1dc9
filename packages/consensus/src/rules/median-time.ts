import type { ChainEntry } from "@forkyard/core/chain";
import { MEDIAN_TIME_SPAN_BLOCKS } from "../limits.ts";
import type { Ancestry } from "./ancestry.ts";

/**
 * Median time of `entry` and the ten blocks before it (fewer near genesis), in seconds since 1970. It never falls from
 * parent to child, which single header times may.
 */
export function medianTimePast(entry: ChainEntry, ancestry: Ancestry): number {
  const times: number[] = [];
  let current = entry;
  for (;;) {
    times.push(current.header.time);
    if (times.length === MEDIAN_TIME_SPAN_BLOCKS || current.height === 0) break;
    current = ancestry.ancestor(current, current.height - 1);
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] as number;
}
