import { InputError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { RemoteNode } from "@forkyard/devnet/remote/remote-node";
import type { BlockPlace, BranchName, NodeName } from "../world.ts";
import type { LiveFeed } from "./live-feed.ts";

interface Branch {
  readonly forkPoint: BlockHash;
  readonly address: string;
  /** The node's own name for it, once it has a block. */
  id: string | undefined;
  tip: BlockHash;
  /** Transactions for its next block, hexadecimal. */
  pending: string[];
  /** Gives the search that is under way up; undefined when nothing is mined on it by itself. */
  search: AbortController | undefined;
  searching: Promise<void>;
}

export interface BranchWorld {
  readonly nowMs: () => number;
  readonly feed: LiveFeed;
  /** Whether the node spends hash power. */
  readonly mines: (node: NodeName) => boolean;
  readonly failed: (error: unknown) => void;
}

/** Branches that live nodes mine in secret: one block after the other, at the node's own hash rate. */
export class LiveBranches {
  readonly #world: BranchWorld;
  readonly #branches = new Map<string, Branch>();

  constructor(world: BranchWorld) {
    this.#world = world;
  }

  /** Opens a branch; the node's hash power works on it from now on. */
  open(node: RemoteNode, name: BranchName, forkPoint: BlockHash, address: string): void {
    const key = keyOf(node.name, name);
    if (this.#branches.has(key)) throw new InputError(`${node.name} has a branch ${name} already`);
    const branch: Branch = {
      forkPoint,
      address,
      id: undefined,
      tip: forkPoint,
      pending: [],
      search: undefined,
      searching: Promise.resolve(),
    };
    this.#branches.set(key, branch);
    if (this.#world.mines(node.name)) this.#search(node, name, branch);
  }

  /** Puts a transaction into the next block of a branch: a search that is under way begins anew. */
  async include(node: RemoteNode, name: BranchName, hex: string): Promise<void> {
    const branch = this.#known(node.name, name);
    const wasSearching = branch.search !== undefined;
    await pause(branch);
    branch.pending.push(hex);
    if (wasSearching) this.#search(node, name, branch);
  }

  /** Mines blocks on a branch at once, whatever the node's hash rate. */
  async mine(node: RemoteNode, name: BranchName, blocks: number): Promise<readonly BlockPlace[]> {
    const branch = this.#known(node.name, name);
    const wasSearching = branch.search !== undefined;
    await pause(branch);
    try {
      return await this.#mine(node, name, branch, { blocks, atFullPower: true });
    } finally {
      if (wasSearching) this.#search(node, name, branch);
    }
  }

  /** @param blocks how many of those still secret; all when absent */
  async publish(node: RemoteNode, name: BranchName, blocks?: number): Promise<void> {
    const { id } = this.#known(node.name, name);
    if (id === undefined) throw new InputError(`the branch ${name} has no block yet`);
    await node.publishBranch(id, blocks);
  }

  async abandon(node: NodeName, name: BranchName): Promise<void> {
    await pause(this.#known(node, name));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#branches.values()].map(pause));
  }

  #known(node: NodeName, name: BranchName): Branch {
    const branch = this.#branches.get(keyOf(node, name));
    if (branch === undefined) throw new InputError(`${node} has no branch ${name}`);
    return branch;
  }

  #search(node: RemoteNode, name: BranchName, branch: Branch): void {
    const search = new AbortController();
    branch.search = search;
    branch.searching = this.#searchOn(node, name, branch, search.signal).catch((error: unknown) => {
      if (!search.signal.aborted) this.#world.failed(error);
    });
  }

  async #searchOn(node: RemoteNode, name: BranchName, branch: Branch, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.#mine(node, name, branch, { blocks: 1, atFullPower: false, signal });
  }

  async #mine(
    node: RemoteNode,
    name: BranchName,
    branch: Branch,
    {
      blocks,
      atFullPower,
      signal,
    }: { readonly blocks: number; readonly atFullPower: boolean; readonly signal?: AbortSignal },
  ): Promise<readonly BlockPlace[]> {
    const on = branch.id === undefined ? { forkPoint: branch.forkPoint } : { branch: branch.id };
    const transactions = [...branch.pending];
    const request = { on, blocks, transactions, address: branch.address, atFullPower };
    const mined = await node.mineWithheld(request, signal);
    branch.id = mined.branch;
    branch.pending = branch.pending.slice(transactions.length);
    for (const { hash, height, txids } of mined.blocks) {
      const event = { type: "mined", node: node.name, branch: name, atMs: this.#world.nowMs() } as const;
      // Header fields of a secret block are not told before it is published.
      this.#world.feed.withheld({ ...event, hash, height, parent: branch.tip, bits: 0, timeSeconds: 0, txids });
      branch.tip = hash;
    }
    return mined.blocks;
  }
}

async function pause(branch: Branch): Promise<void> {
  branch.search?.abort();
  branch.search = undefined;
  await branch.searching;
}

function keyOf(node: NodeName, name: BranchName): string {
  return `${node} ${name}`;
}
