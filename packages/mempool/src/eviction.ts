import type { MempoolEntry } from "./entry.ts";
import { compareText, type EntryGraph } from "./entry-graph.ts";
import { compareRates, rateOf } from "./fee-rate.ts";
import { EVICTION_ORDER_SLACK } from "./limits.ts";
import { PriorityHeap } from "./priority-heap.ts";
import type { RollingFee } from "./rolling-fee.ts";

/** An entry's place in the order, as it was when put in: entries change, items of a heap must not. */
interface Place {
  readonly entry: MempoolEntry;
  readonly stamp: number;
  readonly fees: bigint;
  readonly virtualBytes: number;
}

/**
 * Keeps the entries in the order in which they would leave: lowest fee rate first, where an entry counts with its
 * descendants if they raise its rate. A change puts in a new item; the old one is skipped when it comes up.
 */
export class EvictionOrder {
  readonly #heap = new PriorityHeap<Place>(comparePlaces);
  /** The item of an entry that counts; an entry that has left has none. */
  readonly #stamps = new Map<MempoolEntry, number>();
  #lastStamp = 0;

  changed(entry: MempoolEntry): void {
    const stamp = ++this.#lastStamp;
    this.#stamps.set(entry, stamp);
    const { fee, virtualBytes, descendants } = entry;
    const raised = compareRates(descendants.fees, descendants.virtualBytes, fee, virtualBytes) > 0;
    const score = raised
      ? { fees: descendants.fees, virtualBytes: descendants.virtualBytes }
      : { fees: fee, virtualBytes };
    this.#heap.push({ entry, stamp, ...score });
    if (this.#heap.size > 2 * this.#stamps.size + EVICTION_ORDER_SLACK)
      this.#heap.retain((place) => this.#counts(place));
  }

  removed(entry: MempoolEntry): void {
    this.#stamps.delete(entry);
  }

  /** The entry that would leave first, with its descendants. */
  lowest(): MempoolEntry | undefined {
    for (;;) {
      const place = this.#heap.peek();
      if (place === undefined || this.#counts(place)) return place?.entry;
      this.#heap.pop();
    }
  }

  #counts(place: Place): boolean {
    return this.#stamps.get(place.entry) === place.stamp;
  }
}

/** Throws out packages until the pool is within its limit; gives back what left. */
export function evictToLimit(
  graph: EntryGraph,
  order: EvictionOrder,
  rollingFee: RollingFee,
  maxUsageBytes: number,
): MempoolEntry[] {
  const evicted: MempoolEntry[] = [];
  while (graph.usageBytes > maxUsageBytes) {
    const lowest = order.lowest();
    if (lowest === undefined) break;
    rollingFee.evicted(rateOf(lowest.descendants.fees, lowest.descendants.virtualBytes));
    evicted.push(...graph.removeWithDescendants(lowest));
  }
  return evicted;
}

/** Among equals the newest leaves first. */
function comparePlaces(a: Place, b: Place): number {
  return (
    compareRates(a.fees, a.virtualBytes, b.fees, b.virtualBytes) ||
    b.entry.timeMs - a.entry.timeMs ||
    compareText(a.entry.txid, b.entry.txid) ||
    a.stamp - b.stamp
  );
}
