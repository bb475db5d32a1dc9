import type { BlockStatus, ChainEntry } from "@forkyard/core/chain";
import { assert } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { Ancestry } from "../rules/ancestry.ts";
import { locatorHeights } from "./locator.ts";
import { skipHeight } from "./skip-height.ts";

/** A header in the tree. The entry is an immutable value and is replaced; the links never change. */
interface Node {
  entry: ChainEntry;
  readonly parent: Node | undefined;
  /** An ancestor far below: any other one is reached in logarithmically many steps. */
  readonly skip: Node | undefined;
  readonly children: Node[];
  /**
   * When the last body of this block and its ancestors arrived, in `sequence` counts; undefined while one is missing.
   * Not the block's own arrival: a branch whose first body came last must not win a tie against one complete before.
   */
  completeSince: number | undefined;
}

export interface StatusChange {
  readonly status?: BlockStatus;
  readonly sequence?: number;
}

/**
 * All headers known, as a tree with genesis at its root: which tip has most work, which one can be connected, and who
 * descends from whom. Pure memory; whoever changes an entry stores what the methods return.
 */
export class HeaderTree implements Ancestry {
  readonly #nodes = new Map<BlockHash, Node>();
  readonly #genesis: Node;
  readonly #leaves = new Set<Node>();
  #bestHeader: Node;
  #bestCandidate: Node;

  /** @param genesis with its body known (status "connected") */
  constructor(genesis: ChainEntry) {
    assert(genesis.height === 0 && hasBody(genesis.status), "a header tree starts with a genesis block");
    const node: Node = {
      entry: genesis,
      parent: undefined,
      skip: undefined,
      children: [],
      completeSince: genesis.sequence,
    };
    this.#nodes.set(genesis.hash, node);
    this.#leaves.add(node);
    this.#genesis = node;
    this.#bestHeader = node;
    this.#bestCandidate = node;
  }

  get size(): number {
    return this.#nodes.size;
  }

  get(hash: BlockHash): ChainEntry | undefined {
    return this.#nodes.get(hash)?.entry;
  }

  has(hash: BlockHash): boolean {
    return this.#nodes.has(hash);
  }

  /**
   * Adds an entry whose parent is there; a child of an invalid block becomes invalid. A hash already known changes nothing.
   * @returns the entry as it now stands in the tree
   */
  add(entry: ChainEntry): ChainEntry {
    const known = this.#nodes.get(entry.hash);
    if (known !== undefined) return known.entry;
    const parent = this.#nodes.get(entry.header.prevHash);
    assert(parent !== undefined, "a header is added after its parent");
    assert(entry.height === parent.entry.height + 1, "a header's height is one above its parent's");
    const node: Node = {
      entry: parent.entry.status === "invalid" ? { ...entry, status: "invalid" } : entry,
      parent,
      skip: this.#nodeAt(parent, skipHeight(entry.height)),
      children: [],
      completeSince: undefined,
    };
    this.#nodes.set(entry.hash, node);
    parent.children.push(node);
    this.#leaves.delete(parent);
    this.#leaves.add(node);
    if (node.entry.status === "invalid") return node.entry;
    if (node.entry.chainWork > this.#bestHeader.entry.chainWork) this.#bestHeader = node;
    this.#complete(node);
    return node.entry;
  }

  /** Replaces what is known of a block. Marking it invalid is {@link invalidate}'s task, as that reaches descendants. */
  update(hash: BlockHash, change: StatusChange): ChainEntry {
    assert(change.status !== "invalid", "a block is marked invalid with its descendants: use invalidate");
    const node = this.#node(hash);
    assert(node.entry.status !== "invalid", "an invalid block stays invalid");
    const had = hasBody(node.entry.status);
    node.entry = { ...node.entry, ...change };
    assert(!had || hasBody(node.entry.status), "a body that was there stays there");
    if (!had) this.#complete(node);
    return node.entry;
  }

  /** Marks a block and all its descendants invalid; gives the entries that changed, ancestors first. */
  invalidate(hash: BlockHash): ChainEntry[] {
    const first = this.#node(hash);
    assert(first !== this.#genesis, "genesis is valid by definition");
    const changed: ChainEntry[] = [];
    for (const node of descendants(first)) {
      if (node.entry.status === "invalid") continue;
      node.entry = { ...node.entry, status: "invalid" };
      node.completeSince = undefined;
      changed.push(node.entry);
    }
    if (changed.length > 0) this.#findBestAgain();
    return changed;
  }

  /**
   * Takes back what {@link invalidate} did: for a block, its ancestors and its descendants (bitcoind's reconsiderblock).
   * @param bodyKnown whether the body of a block is stored
   * @returns the entries that changed, ancestors first
   */
  reconsider(hash: BlockHash, bodyKnown: (hash: BlockHash) => boolean): ChainEntry[] {
    const changed: ChainEntry[] = [];
    const restore = (node: Node): void => {
      if (node.entry.status !== "invalid") return;
      node.entry = { ...node.entry, status: bodyKnown(node.entry.hash) ? "body" : "header" };
      changed.push(node.entry);
    };
    const first = this.#node(hash);
    const ancestors: Node[] = [];
    for (let node = first.parent; node?.entry.status === "invalid"; node = node.parent) ancestors.push(node);
    for (const node of ancestors.reverse()) restore(node);
    for (const node of descendants(first)) restore(node);
    for (const { hash: restored } of changed) markComplete(this.#node(restored));
    if (changed.length > 0) this.#findBestAgain();
    return changed;
  }

  /** The header with most work that is not invalid; among equals the one added first. */
  bestHeader(): ChainEntry {
    return this.#bestHeader.entry;
  }

  /**
   * The block with most work that could be connected: the bodies of all its ancestors are there and none is invalid.
   * Among equals the one that was complete first.
   */
  bestCandidate(): ChainEntry {
    return this.#bestCandidate.entry;
  }

  /** More work, or the same and complete earlier. @param a can be connected @param b the same, valid or not */
  isBetter(a: ChainEntry, b: ChainEntry): boolean {
    return isBetterCandidate(this.#node(a.hash), this.#node(b.hash));
  }

  /**
   * The last blocks of all branches that could be connected and have more work than this, most work first; among equals
   * the one that was complete first.
   */
  candidatesAbove(chainWork: bigint): ChainEntry[] {
    const found = new Set<Node>();
    for (const leaf of this.#leaves) {
      let node = leaf;
      while (node.completeSince === undefined && node.parent !== undefined) node = node.parent;
      if (node.completeSince !== undefined && node.entry.chainWork > chainWork) found.add(node);
    }
    return [...found]
      .toSorted((a, b) => Number(isBetterCandidate(b, a)) - Number(isBetterCandidate(a, b)))
      .map(({ entry }) => entry);
  }

  /** Entries without children, in no particular order. */
  tips(): ChainEntry[] {
    return Array.from(this.#leaves, (node) => node.entry);
  }

  ancestor(entry: ChainEntry, height: number): ChainEntry {
    return this.#nodeAt(this.#node(entry.hash), height).entry;
  }

  /** True when `descendant` is `entry` or was built on it. */
  isAncestor(entry: ChainEntry, descendant: ChainEntry): boolean {
    return entry.height <= descendant.height && this.ancestor(descendant, entry.height).hash === entry.hash;
  }

  /** Bitcoin's locator: hashes from `entry` back to genesis, newest first, with gaps that double after the first ten. */
  locator(entry: ChainEntry): BlockHash[] {
    return locatorHeights(entry.height).map((height) => this.ancestor(entry, height).hash);
  }

  /** The last common ancestor. */
  forkPoint(a: ChainEntry, b: ChainEntry): ChainEntry {
    const height = Math.min(a.height, b.height);
    let left = this.#nodeAt(this.#node(a.hash), height);
    let right = this.#nodeAt(this.#node(b.hash), height);
    while (left !== right) {
      // Same height, so both skips lead to the same height: where they differ the fork lies below them.
      const far = left.skip !== right.skip;
      left = (far ? left.skip : left.parent) as Node;
      right = (far ? right.skip : right.parent) as Node;
    }
    return left.entry;
  }

  /**
   * The last block that the chain ending in `onChainOf` shares with the chain that a locator describes; genesis when
   * it names no other. The tip itself when the locator comes from a chain built on it.
   */
  findFork(locator: readonly BlockHash[], onChainOf: ChainEntry): ChainEntry {
    for (const hash of locator) {
      const entry = this.get(hash);
      if (entry === undefined) continue;
      if (this.isAncestor(entry, onChainOf)) return entry;
      if (this.isAncestor(onChainOf, entry)) return onChainOf;
    }
    return this.#genesis.entry;
  }

  #node(hash: BlockHash): Node {
    const node = this.#nodes.get(hash);
    assert(node !== undefined, "the block is in the header tree");
    return node;
  }

  #nodeAt(from: Node, height: number): Node {
    assert(height >= 0 && height <= from.entry.height, "an ancestor's height lies between genesis and the block");
    let node = from;
    while (node.entry.height > height) {
      const { skip } = node;
      node = skip !== undefined && skip.entry.height >= height ? skip : (node.parent as Node);
    }
    return node;
  }

  /** A body arrived: this block, and descendants that waited for it, may now be candidates. */
  #complete(first: Node): void {
    for (const node of descendants(first, (each) => markComplete(each))) {
      if (node.completeSince !== undefined && isBetterCandidate(node, this.#bestCandidate)) this.#bestCandidate = node;
    }
  }

  /** Invalid blocks are rare and cost their maker the work of a block: going through all headers is cheap enough. */
  #findBestAgain(): void {
    this.#bestHeader = this.#genesis;
    this.#bestCandidate = this.#genesis;
    for (const node of this.#nodes.values()) {
      if (node.entry.status === "invalid") continue;
      if (node.entry.chainWork > this.#bestHeader.entry.chainWork) this.#bestHeader = node;
      if (node.completeSince !== undefined && isBetterCandidate(node, this.#bestCandidate)) this.#bestCandidate = node;
    }
  }
}

function hasBody(status: BlockStatus): boolean {
  return status === "body" || status === "connected";
}

/** Notes that the node and all its ancestors have bodies; false when they have not. */
function markComplete(node: Node): boolean {
  const parentSince = node.parent?.completeSince;
  if (parentSince === undefined || !hasBody(node.entry.status)) return false;
  node.completeSince = Math.max(parentSince, node.entry.sequence);
  return true;
}

/** More work, or the same and complete earlier. */
function isBetterCandidate(a: Node, b: Node): boolean {
  if (a.entry.chainWork !== b.entry.chainWork) return a.entry.chainWork > b.entry.chainWork;
  const earlierBy = (b.completeSince as number) - (a.completeSince as number);
  return earlierBy === 0 ? isLinkedBefore(a, b) : earlierBy > 0;
}

/**
 * Which of two blocks comes first that one body completed, that of an ancestor of both: as in Bitcoin Core, which goes
 * through the waiting descendants level by level, and through the children of a block in the order of their bodies.
 */
function isLinkedBefore(a: Node, b: Node): boolean {
  if (a === b || a.entry.height !== b.entry.height) return a.entry.height < b.entry.height;
  let [left, right] = [a, b];
  while (left.parent !== right.parent) {
    const far = left.skip !== right.skip;
    left = (far ? left.skip : left.parent) as Node;
    right = (far ? right.skip : right.parent) as Node;
  }
  return left.entry.sequence < right.entry.sequence;
}

/** The node and its descendants, parents first; below a node that `enter` refuses nothing is visited, nor the node. */
function* descendants(first: Node, enter: (node: Node) => boolean = () => true): Generator<Node> {
  const waiting: Node[] = [first];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (!enter(node)) continue;
    yield node;
    for (const child of node.children) waiting.push(child);
  }
}
