import { MAX_BLOCK_SIGOPS_COST } from "@forkyard/consensus/limits";
import type { Transaction } from "@forkyard/core/tx";
import type { MempoolEntry, PackageTotals } from "./entry.ts";
import { ancestorsFirst, ancestorsOf, compareText, descendantsOf } from "./entry-graph.ts";
import { compareRates } from "./fee-rate.ts";
import { COINBASE_SIGOPS_COST, MAX_FAILED_PACKAGES, NEARLY_FULL_WEIGHT } from "./limits.ts";
import { PriorityHeap } from "./priority-heap.ts";

/** A transaction for a block, and what it leaves to the miner. */
export interface SelectedTx {
  readonly tx: Transaction;
  readonly fee: bigint;
}

/** An entry with what its not yet chosen ancestors and itself pay together. */
interface Package {
  readonly entry: MempoolEntry;
  readonly fees: bigint;
  readonly virtualBytes: number;
}

/**
 * Chooses transactions for a block: again and again the package (an entry with its not yet chosen ancestors) of the
 * highest fee rate that still fits. Parents come before children; the same entries always give the same list.
 * @param maxWeight what header, coinbase and transaction count leave of the block's weight
 */
export function selectForBlock(entries: Iterable<MempoolEntry>, maxWeight: number): SelectedTx[] {
  return new Selection(entries, maxWeight).run();
}

class Selection {
  readonly #heap: PriorityHeap<Package>;
  readonly #chosen = new Set<MempoolEntry>();
  /** Ancestor totals of entries some of whose ancestors are chosen. */
  readonly #reduced = new Map<MempoolEntry, PackageTotals>();
  #weightLeft: number;
  #sigopsLeft: number = MAX_BLOCK_SIGOPS_COST - COINBASE_SIGOPS_COST;

  constructor(entries: Iterable<MempoolEntry>, maxWeight: number) {
    const packages = Array.from(entries, (entry) => packageOf(entry, entry.ancestors));
    this.#heap = new PriorityHeap(comparePackages, packages);
    this.#weightLeft = maxWeight;
  }

  run(): SelectedTx[] {
    let failed = 0;
    for (let next = this.#heap.pop(); next !== undefined; next = this.#heap.pop()) {
      if (this.#isOutdated(next)) continue;
      if (this.#take(next.entry)) failed = 0;
      else if (++failed > MAX_FAILED_PACKAGES && this.#weightLeft < NEARLY_FULL_WEIGHT) break;
    }
    return Array.from(this.#chosen, ({ tx, fee }) => ({ tx, fee }));
  }

  /** Chosen already, or there is a newer item for it with fewer ancestors. */
  #isOutdated({ entry, fees, virtualBytes }: Package): boolean {
    const { fees: currentFees, virtualBytes: currentBytes } = this.#reduced.get(entry) ?? entry.ancestors;
    return this.#chosen.has(entry) || fees !== currentFees || virtualBytes !== currentBytes;
  }

  #take(entry: MempoolEntry): boolean {
    const members = [...ancestorsOf(entry), entry].filter((each) => !this.#chosen.has(each)).toSorted(ancestorsFirst);
    const weight = members.reduce((sum, { tx }) => sum + tx.weight, 0);
    const sigops = members.reduce((sum, { sigopCost }) => sum + sigopCost, 0);
    if (weight > this.#weightLeft || sigops > this.#sigopsLeft) return false;
    this.#weightLeft -= weight;
    this.#sigopsLeft -= sigops;
    for (const member of members) this.#chosen.add(member);
    this.#reduceDescendants(members);
    return true;
  }

  /** Entries that stand on the chosen ones have less to pay for now, and may have become worth more. */
  #reduceDescendants(members: readonly MempoolEntry[]): void {
    const touched = new Set<MempoolEntry>();
    for (const member of members) {
      for (const descendant of descendantsOf(member)) {
        if (this.#chosen.has(descendant)) continue;
        const before = this.#reduced.get(descendant) ?? descendant.ancestors;
        this.#reduced.set(descendant, {
          count: before.count - 1,
          virtualBytes: before.virtualBytes - member.virtualBytes,
          fees: before.fees - member.fee,
        });
        touched.add(descendant);
      }
    }
    for (const entry of touched) this.#heap.push(packageOf(entry, this.#reduced.get(entry) as PackageTotals));
  }
}

function packageOf(entry: MempoolEntry, totals: PackageTotals): Package {
  return { entry, fees: totals.fees, virtualBytes: totals.virtualBytes };
}

/** Highest rate first. */
function comparePackages(a: Package, b: Package): number {
  return (
    compareRates(b.fees, b.virtualBytes, a.fees, a.virtualBytes) ||
    compareText(a.entry.txid, b.entry.txid) ||
    a.virtualBytes - b.virtualBytes
  );
}
