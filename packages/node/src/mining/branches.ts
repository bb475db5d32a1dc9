import type { BlockTemplate } from "@forkyard/consensus/miner/block-template";
import { acceptHeader } from "@forkyard/consensus/rules/accept-header";
import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockDelta } from "@forkyard/core/coins";
import { assert, InputError } from "@forkyard/core/errors";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { ChainStore } from "@forkyard/core/ports/chain-store";
import { quoted } from "@forkyard/core/printable";
import type { Transaction } from "@forkyard/core/tx";
import type { MineBranchRequest, MinedBranch } from "@forkyard/rpc/lab-api";
import type { EventLog } from "@forkyard/rpc/schema/event-log";
import type { Chain } from "../chain/chain.ts";
import { MAX_BRANCH_BLOCKS, MAX_BRANCHES, MAX_NAME_CHARACTERS } from "../limits.ts";
import { BranchAncestry, coinsAtFork, type PaidTransaction, planBranch } from "./branch-plan.ts";
import type { ChainClock } from "./chain-clock.ts";
import type { Miner } from "./miner.ts";
import type { TemplateMaker } from "./template-maker.ts";

export interface BranchParts {
  readonly params: NetworkParams;
  readonly chain: Chain;
  readonly store: ChainStore;
  readonly miner: Miner;
  readonly events: EventLog;
  readonly nowSeconds: () => number;
  readonly templates: TemplateMaker;
  readonly clock: ChainClock;
  /** Takes an own block into the chain and announces it. */
  readonly submit: (block: Block) => void;
}

interface Branch {
  readonly fork: ChainEntry;
  readonly blocks: readonly Block[];
}

/** Branches that this node mined and keeps from everybody, its own chain included, until they are published. */
export class WithheldBranches {
  readonly #parts: BranchParts;
  readonly #branches = new Map<string, Branch>();
  #lastId = 0;

  constructor(parts: BranchParts) {
    this.#parts = parts;
  }

  /** @throws InputError when the fork point is no block of the active chain, or the branch would be too long */
  async mine(request: MineBranchRequest): Promise<MinedBranch> {
    const fork = this.#checkedFork(request);
    const lists = this.#planTransactions(request, fork);
    this.#lastId += 1;
    const id = `branch${this.#lastId}`;
    this.#announce("mining", id, fork, 0);
    const { blocks, tip } = await this.#parts.miner.exclusive(() => this.#mineBlocks(request, fork, lists));
    this.#keep(id, { fork, blocks });
    this.#announce("mined", id, fork, blocks.length);
    return {
      branch: id,
      blocks: blocks.map((block, index) => ({
        hash: block.hash,
        height: fork.height + 1 + index,
        txids: block.txs.slice(1).map((tx) => tx.txid),
      })),
      chainWork: tip.chainWork,
    };
  }

  /** @throws InputError for an unknown branch */
  publish(id: string): { readonly published: number } {
    const branch = this.#branches.get(id);
    if (branch === undefined) {
      throw new InputError(`there is no withheld branch ${quoted(id, MAX_NAME_CHARACTERS)}: mine one first`);
    }
    this.#branches.delete(id);
    for (const block of branch.blocks) this.#parts.submit(block);
    this.#announce("published", id, branch.fork, branch.blocks.length);
    return { published: branch.blocks.length };
  }

  #checkedFork({ forkPoint, blocks }: MineBranchRequest): ChainEntry {
    const { chain } = this.#parts;
    const fork = chain.tree.get(forkPoint);
    if (fork === undefined || !chain.isActive(fork)) {
      throw new InputError(`${forkPoint} is not a block of the active chain`);
    }
    if (blocks < 1 || blocks > MAX_BRANCH_BLOCKS) {
      throw new InputError(`a branch has 1 to ${MAX_BRANCH_BLOCKS} blocks, not ${blocks}`);
    }
    return fork;
  }

  #planTransactions(request: MineBranchRequest, fork: ChainEntry): readonly (readonly PaidTransaction[])[] {
    const { chain, store, params } = this.#parts;
    const txs: readonly Transaction[] = request.transactions === "none" ? [] : request.transactions;
    if (txs.length === 0) return [];
    const undos: BlockDelta[] = [];
    for (let height = chain.tip.height; height > fork.height; height--) {
      const entry = chain.activeAt(height);
      const undo = entry && store.undo(entry.hash);
      assert(undo !== undefined, `no undo data at height ${height}`);
      undos.push(undo);
    }
    const lists = planBranch(txs, coinsAtFork(store, undos), fork, params);
    if (lists.length > request.blocks) {
      throw new InputError(`the transactions need ${lists.length} blocks, the branch has ${request.blocks}`);
    }
    return lists;
  }

  async #mineBlocks(
    request: MineBranchRequest,
    fork: ChainEntry,
    lists: readonly (readonly PaidTransaction[])[],
  ): Promise<{ blocks: readonly Block[]; tip: ChainEntry }> {
    const ancestry = new BranchAncestry(this.#parts.chain.tree, fork);
    const blocks: Block[] = [];
    while (blocks.length < request.blocks || (request.overtake && !this.#overtakes(ancestry.tip))) {
      if (blocks.length >= MAX_BRANCH_BLOCKS) {
        throw new InputError(`the branch has not overtaken the chain after ${MAX_BRANCH_BLOCKS} blocks`);
      }
      const block = await this.#mineNext(request, ancestry, lists[blocks.length] ?? []);
      blocks.push(block);
    }
    return { blocks, tip: ancestry.tip };
  }

  async #mineNext(
    request: MineBranchRequest,
    ancestry: BranchAncestry,
    txs: readonly PaidTransaction[],
  ): Promise<Block> {
    const { miner, params, clock, nowSeconds } = this.#parts;
    const parent = ancestry.tip;
    const time = clock.withheld(parent);
    const renewed = (): BlockTemplate =>
      this.#parts.templates.on({ parent, ancestry, txs, payTo: request.scriptPubKey, time });
    const found = await miner.search(renewed, {
      signal: request.signal,
      maxTries: Number.POSITIVE_INFINITY,
      ...(!request.atFullPower && miner.hashRate > 0 && { hashRate: miner.hashRate }),
    });
    if (typeof found === "string") throw new InputError("mining the branch was given up: the caller went away");
    ancestry.append(acceptHeader(found.header, found.hash, parent, ancestry, params, nowSeconds()));
    return found;
  }

  /** Branches that nobody publishes must not pile up: the oldest goes. */
  #keep(id: string, branch: Branch): void {
    this.#branches.set(id, branch);
    const [oldest] = this.#branches.keys();
    if (this.#branches.size > MAX_BRANCHES && oldest !== undefined) this.#branches.delete(oldest);
  }

  #overtakes(tip: ChainEntry): boolean {
    return tip.chainWork > this.#parts.chain.tip.chainWork;
  }

  #announce(status: "mining" | "mined" | "published", branch: string, fork: ChainEntry, blocks: number): void {
    const forkPoint = { height: fork.height, hash: fork.hash };
    this.#parts.events.append({ type: "branch", status, branch, forkPoint, blocks });
  }
}
