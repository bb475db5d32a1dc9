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
import type { ExtendBranchRequest, MineBranchRequest, MinedBranch } from "@forkyard/rpc/lab-api";
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
  /** Takes an own block into the chain and announces it; resolves when its fate is known. */
  readonly submit: (block: Block) => Promise<void>;
}

interface Branch {
  readonly fork: ChainEntry;
  /** What its blocks pay to. */
  readonly scriptPubKey: Uint8Array;
  /** Oldest first. */
  readonly blocks: Block[];
  /** How many of them are public. */
  published: number;
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
    const branch: Branch = { fork, scriptPubKey: request.scriptPubKey, blocks: [], published: 0 };
    this.#lastId += 1;
    return this.#mineOn(`branch${this.#lastId}`, branch, request);
  }

  /** Puts more blocks on a branch. @throws InputError for an unknown branch, or one that would be too long */
  async extend(request: ExtendBranchRequest): Promise<MinedBranch> {
    const branch = this.#known(request.branch);
    const { fork, scriptPubKey } = branch;
    checkLength(branch.blocks.length + request.blocks);
    return this.#mineOn(request.branch, branch, { ...request, forkPoint: fork.hash, scriptPubKey, overtake: false });
  }

  /**
   * @param blocks how many of those that are still secret, oldest first; undefined: all
   * @throws InputError for an unknown branch
   */
  async publish(id: string, blocks?: number): Promise<{ readonly published: number }> {
    const branch = this.#known(id);
    const next = branch.blocks.slice(branch.published, blocks === undefined ? undefined : branch.published + blocks);
    branch.published += next.length;
    for (const block of next) await this.#parts.submit(block);
    this.#announce("published", id, branch.fork, next.length);
    return { published: next.length };
  }

  async #mineOn(id: string, branch: Branch, request: MineBranchRequest): Promise<MinedBranch> {
    const ancestry = new BranchAncestry(this.#parts.chain.tree, branch.fork);
    for (const block of branch.blocks) this.#append(ancestry, block);
    const lists = this.#planTransactions(request, branch);
    this.#announce("mining", id, branch.fork, branch.blocks.length);
    const mined = await this.#parts.miner.exclusive(() => this.#mineBlocks(request, ancestry, lists));
    branch.blocks.push(...mined);
    this.#keep(id, branch);
    this.#announce("mined", id, branch.fork, branch.blocks.length);
    const firstHeight = ancestry.tip.height - mined.length + 1;
    return {
      branch: id,
      blocks: mined.map((block, index) => ({
        hash: block.hash,
        height: firstHeight + index,
        txids: block.txs.slice(1).map((tx) => tx.txid),
      })),
      chainWork: ancestry.tip.chainWork,
    };
  }

  #known(id: string): Branch {
    const branch = this.#branches.get(id);
    if (branch !== undefined) return branch;
    throw new InputError(`there is no withheld branch ${quoted(id, MAX_NAME_CHARACTERS)}: mine one first`);
  }

  #checkedFork({ forkPoint, blocks }: MineBranchRequest): ChainEntry {
    const { chain } = this.#parts;
    const fork = chain.tree.get(forkPoint);
    if (fork === undefined || !chain.isActive(fork)) {
      throw new InputError(`${forkPoint} is not a block of the active chain`);
    }
    checkLength(blocks);
    return fork;
  }

  #planTransactions(request: MineBranchRequest, { fork, blocks }: Branch): readonly (readonly PaidTransaction[])[] {
    const { chain, store, params } = this.#parts;
    const txs: readonly Transaction[] = request.transactions === "none" ? [] : request.transactions;
    if (txs.length === 0) return [];
    if (!chain.isActive(fork)) throw new InputError("the active chain has left the branch's fork point");
    const undos: BlockDelta[] = [];
    for (let height = chain.tip.height; height > fork.height; height--) {
      const entry = chain.activeAt(height);
      const undo = entry && store.undo(entry.hash);
      assert(undo !== undefined, `no undo data at height ${height}`);
      undos.push(undo);
    }
    const lists = planBranch(txs, coinsAtFork(store, undos), fork, params, blocks);
    if (lists.length > request.blocks) {
      throw new InputError(`the transactions need ${lists.length} blocks, the branch has ${request.blocks}`);
    }
    return lists;
  }

  async #mineBlocks(
    request: MineBranchRequest,
    ancestry: BranchAncestry,
    lists: readonly (readonly PaidTransaction[])[],
  ): Promise<readonly Block[]> {
    const blocks: Block[] = [];
    while (blocks.length < request.blocks || (request.overtake && !this.#overtakes(ancestry.tip))) {
      if (blocks.length >= MAX_BRANCH_BLOCKS) {
        throw new InputError(`the branch has not overtaken the chain after ${MAX_BRANCH_BLOCKS} blocks`);
      }
      const block = await this.#mineNext(request, ancestry, lists[blocks.length] ?? []);
      blocks.push(block);
    }
    return blocks;
  }

  async #mineNext(
    request: MineBranchRequest,
    ancestry: BranchAncestry,
    txs: readonly PaidTransaction[],
  ): Promise<Block> {
    const { miner, clock } = this.#parts;
    const parent = ancestry.tip;
    const { timeStepSeconds } = request.wishes ?? {};
    const time = timeStepSeconds === undefined ? clock.withheld(parent) : parent.header.time + timeStepSeconds;
    const renewed = (): BlockTemplate =>
      this.#parts.templates.on({ parent, ancestry, txs, payTo: request.scriptPubKey, time, wishes: request.wishes });
    const found = await miner.search(renewed, {
      signal: request.signal,
      maxTries: Number.POSITIVE_INFINITY,
      ...(!request.atFullPower && miner.hashRate > 0 && { hashRate: miner.hashRate }),
    });
    if (typeof found === "string") throw new InputError("mining the branch was given up: the caller went away");
    this.#append(ancestry, found);
    return found;
  }

  #append(ancestry: BranchAncestry, { header, hash }: Block): void {
    const { params, nowSeconds } = this.#parts;
    ancestry.append(acceptHeader(header, hash, ancestry.tip, ancestry, params, nowSeconds()));
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

function checkLength(blocks: number): void {
  if (blocks >= 1 && blocks <= MAX_BRANCH_BLOCKS) return;
  throw new InputError(`a branch has 1 to ${MAX_BRANCH_BLOCKS} blocks, not ${blocks}`);
}
