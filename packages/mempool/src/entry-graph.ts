import { assert } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import { OutPointMap } from "@forkyard/core/out-point-map";
import type { OutPoint, Transaction } from "@forkyard/core/tx";
import type { EntryFields, MempoolEntry, PackageTotals } from "./entry.ts";

/** An entry as the graph keeps it. */
interface Node extends EntryFields {
  ancestors: PackageTotals;
  descendants: PackageTotals;
  readonly parents: Set<Node>;
  readonly children: Set<Node>;
}

/** Told of every entry whose totals changed, new ones included, and of every one that left. */
export interface GraphListener {
  changed(entry: MempoolEntry): void;
  removed(entry: MempoolEntry): void;
}

/**
 * The waiting transactions and how they hang together: who spends what, and sums over ancestors and descendants, kept
 * up to date. Knows no policy.
 */
export class EntryGraph {
  readonly #entries = new Map<Txid, Node>();
  readonly #spenders = new OutPointMap<Node>();
  readonly #listener: GraphListener;
  #usageBytes = 0;
  #virtualBytes = 0;

  constructor(listener: GraphListener) {
    this.#listener = listener;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Estimated memory of all entries. */
  get usageBytes(): number {
    return this.#usageBytes;
  }

  get virtualBytes(): number {
    return this.#virtualBytes;
  }

  get(txid: Txid): MempoolEntry | undefined {
    return this.#entries.get(txid);
  }

  /** In order of arrival. */
  entries(): IterableIterator<MempoolEntry> {
    return this.#entries.values();
  }

  /** The waiting transaction that spends an output. */
  spender(outPoint: OutPoint): MempoolEntry | undefined {
    return this.#spenders.get(outPoint);
  }

  /** Waiting transactions that `tx` spends from. */
  parentsOf(tx: Transaction): Set<MempoolEntry> {
    const parents = new Set<MempoolEntry>();
    for (const { prevout } of tx.inputs) {
      const parent = this.#entries.get(prevout.txid);
      if (parent !== undefined) parents.add(parent);
    }
    return parents;
  }

  /** Waiting transactions that spend outputs of `tx`, which need not be waiting itself. */
  childrenOf(tx: Transaction): Set<MempoolEntry> {
    const children = new Set<MempoolEntry>();
    for (let vout = 0; vout < tx.outputs.length; vout++) {
      const child = this.spender({ txid: tx.txid, vout });
      if (child !== undefined) children.add(child);
    }
    return children;
  }

  /** Adds a transaction that conflicts with none; its spenders may be there before it (a reorganisation does that). */
  add(fields: EntryFields): MempoolEntry {
    assert(!this.#entries.has(fields.txid), "a transaction enters the mempool once");
    const own: PackageTotals = { count: 1, virtualBytes: fields.virtualBytes, fees: fields.fee };
    const parents = this.parentsOf(fields.tx) as Set<Node>;
    const children = this.childrenOf(fields.tx) as Set<Node>;
    const node: Node = { ...fields, ancestors: own, descendants: own, parents, children };
    for (const { prevout } of fields.tx.inputs) {
      assert(this.spender(prevout) === undefined, "no output is spent twice in the mempool");
      this.#spenders.set(prevout, node);
    }
    this.#entries.set(node.txid, node);
    this.#usageBytes += node.usageBytes;
    this.#virtualBytes += node.virtualBytes;
    for (const parent of parents) parent.children.add(node);
    for (const child of children) child.parents.add(node);
    this.#addToTotals(node);
    return node;
  }

  /**
   * Removes entries one by one. Either all that hang on one go before it (it is dropped), or all that it stands on do
   * (it was mined): from the middle of a chain nothing is ever taken.
   */
  remove(entry: MempoolEntry): void {
    const node = this.#entries.get(entry.txid);
    assert(node !== undefined, "only what is in the mempool is removed");
    assert(node.parents.size === 0 || node.children.size === 0, "no entry is taken from the middle of a chain");
    for (const ancestor of ancestorsOf(node) as ReadonlySet<Node>) {
      ancestor.descendants = minus(ancestor.descendants, node);
      this.#listener.changed(ancestor);
    }
    for (const descendant of descendantsOf(node) as ReadonlySet<Node>) {
      descendant.ancestors = minus(descendant.ancestors, node);
      this.#listener.changed(descendant);
    }
    for (const parent of node.parents) parent.children.delete(node);
    for (const child of node.children) child.parents.delete(node);
    for (const { prevout } of node.tx.inputs) this.#spenders.delete(prevout);
    this.#entries.delete(node.txid);
    this.#usageBytes -= node.usageBytes;
    this.#virtualBytes -= node.virtualBytes;
    this.#listener.removed(node);
  }

  /** Removes an entry and all that hang on it; gives them back, last descendants first. */
  removeWithDescendants(entry: MempoolEntry): MempoolEntry[] {
    const leaving = [entry, ...descendantsOf(entry)].toSorted(descendantsFirst);
    for (const each of leaving) this.remove(each);
    return leaving;
  }

  #addToTotals(node: Node): void {
    const ancestors = ancestorsOf(node) as ReadonlySet<Node>;
    const descendants = descendantsOf(node) as ReadonlySet<Node>;
    node.ancestors = sum(node, ancestors);
    node.descendants = sum(node, descendants);
    // With descendants, paths between the two sides may have existed before: then sums are taken anew.
    for (const ancestor of ancestors) {
      ancestor.descendants =
        descendants.size === 0 ? plus(ancestor.descendants, node) : sum(ancestor, descendantsOf(ancestor));
      this.#listener.changed(ancestor);
    }
    for (const descendant of descendants) {
      descendant.ancestors = sum(descendant, ancestorsOf(descendant));
      this.#listener.changed(descendant);
    }
    this.#listener.changed(node);
  }
}

/** Most entries stand alone. */
const NONE: ReadonlySet<MempoolEntry> = new Set();

/** All entries that an entry stands on, itself not included. */
export function ancestorsOf(entry: MempoolEntry): ReadonlySet<MempoolEntry> {
  return entry.parents.size === 0 ? NONE : reach(entry.parents, (at) => at.parents);
}

/** All entries that hang on an entry, itself not included. */
export function descendantsOf(entry: MempoolEntry): ReadonlySet<MempoolEntry> {
  return entry.children.size === 0 ? NONE : reach(entry.children, (at) => at.children);
}

/** The start and everything that can be reached from it. */
export function reach(
  start: Iterable<MempoolEntry>,
  next: (entry: MempoolEntry) => Iterable<MempoolEntry>,
): Set<MempoolEntry> {
  const found = new Set(start);
  // A Set yields what is added while it is being walked.
  for (const entry of found) for (const neighbour of next(entry)) found.add(neighbour);
  return found;
}

/** Order in which every entry comes after all that it stands on; total, so that runs repeat. */
export function ancestorsFirst(a: MempoolEntry, b: MempoolEntry): number {
  return a.ancestors.count - b.ancestors.count || compareText(a.txid, b.txid);
}

function descendantsFirst(a: MempoolEntry, b: MempoolEntry): number {
  return ancestorsFirst(b, a);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sum(entry: MempoolEntry, others: Iterable<MempoolEntry>): PackageTotals {
  let totals: PackageTotals = { count: 1, virtualBytes: entry.virtualBytes, fees: entry.fee };
  for (const other of others) totals = plus(totals, other);
  return totals;
}

function plus(totals: PackageTotals, entry: EntryFields): PackageTotals {
  return {
    count: totals.count + 1,
    virtualBytes: totals.virtualBytes + entry.virtualBytes,
    fees: totals.fees + entry.fee,
  };
}

function minus(totals: PackageTotals, entry: EntryFields): PackageTotals {
  return {
    count: totals.count - 1,
    virtualBytes: totals.virtualBytes - entry.virtualBytes,
    fees: totals.fees - entry.fee,
  };
}
