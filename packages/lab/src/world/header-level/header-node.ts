import { HeaderTree } from "@forkyard/consensus/fork-choice/header-tree";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockHash } from "@forkyard/core/hash";

/** A node that knows headers only: the fork choice of the real one, over the same tree, and nothing besides. */
export class HeaderNode {
  readonly number: number;
  readonly tree: HeaderTree;
  #tip: ChainEntry;
  #sequence: number;
  #deepestReorg = 0;
  #reorgs = 0;

  constructor(number: number, genesis: ChainEntry) {
    this.number = number;
    this.tree = new HeaderTree(genesis);
    this.#tip = genesis;
    this.#sequence = genesis.sequence;
  }

  get tip(): ChainEntry {
    return this.#tip;
  }

  get reorgs(): number {
    return this.#reorgs;
  }

  /** Blocks. */
  get deepestReorg(): number {
    return this.#deepestReorg;
  }

  knows(hash: BlockHash): boolean {
    return this.tree.has(hash);
  }

  /** Takes a header whose parent it knows, as if its block had come and were valid. */
  take(entry: ChainEntry): void {
    this.#sequence += 1;
    this.tree.add({ ...entry, status: "body", sequence: this.#sequence });
    const best = this.tree.bestCandidate();
    if (best.chainWork <= this.#tip.chainWork) return;
    if (best.header.prevHash !== this.#tip.hash) {
      this.#reorgs += 1;
      const depth = this.#tip.height - this.tree.forkPoint(this.#tip, best).height;
      this.#deepestReorg = Math.max(this.#deepestReorg, depth);
    }
    this.#tip = best;
  }
}
