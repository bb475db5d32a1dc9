import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockDelta } from "@forkyard/core/coins";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Transaction } from "@forkyard/core/tx";
import { BranchAncestry, coinsAtFork, type PaidTransaction, planBranch } from "@forkyard/node/mining/branch-plan";
import type { Node } from "@forkyard/node/node";
import type { BranchName } from "../../world.ts";

/** A branch that its miner keeps from everybody, its own chain included, until blocks of it are published. */
export class SecretBranch {
  readonly name: BranchName;
  readonly fork: ChainEntry;
  readonly ancestry: BranchAncestry;
  readonly blocks: Block[] = [];
  /** How many of the blocks are public. */
  published = 0;
  readonly #waiting: Transaction[] = [];

  constructor(name: BranchName, fork: ChainEntry, node: Node) {
    this.name = name;
    this.fork = fork;
    this.ancestry = new BranchAncestry(node.chain.tree, fork);
  }

  /** Puts a transaction into the next block of the branch, if it can be spent there. */
  add(tx: Transaction): void {
    this.#waiting.push(tx);
  }

  append(block: Block, entry: ChainEntry): void {
    this.ancestry.append(entry);
    this.blocks.push(block);
    const mined = new Set(block.txs.map(({ txid }) => txid));
    const left = this.#waiting.filter(({ txid }) => !mined.has(txid));
    this.#waiting.splice(0, this.#waiting.length, ...left);
  }

  /** What goes into the next block: of the transactions that wait, those whose coins are there on this branch. */
  nextTransactions(node: Node, params: NetworkParams): readonly PaidTransaction[] {
    if (this.#waiting.length === 0) return [];
    const undos = undoDownTo(this.fork, node);
    if (undos === undefined) return [];
    const mined = this.blocks.flatMap(({ txs }) => txs.slice(1));
    const wanted = new Set(this.#waiting.map(({ txid }) => txid));
    const lists = planBranch([...mined, ...this.#waiting], coinsAtFork(node.store, undos), this.fork, params);
    const fresh = lists.map((txs) => txs.filter(({ tx }) => wanted.has(tx.txid)));
    return fresh.find((txs) => txs.length > 0) ?? [];
  }
}

/** Undo data of the active chain above a block, newest first; undefined when the block is not on it any more. */
export function undoDownTo(fork: ChainEntry, { chain, store }: Node): readonly BlockDelta[] | undefined {
  if (!chain.isActive(fork)) return undefined;
  const undos: BlockDelta[] = [];
  for (let height = chain.tip.height; height > fork.height; height--) {
    const entry = chain.activeAt(height);
    const undo = entry && store.undo(entry.hash);
    if (undo === undefined) return undefined;
    undos.push(undo);
  }
  return undos;
}
