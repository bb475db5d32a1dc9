import { InputError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import type { RemoteNode } from "@forkyard/devnet/remote/remote-node";
import type { BlockWishes } from "@forkyard/rpc/experiment-api";
import type { BlockPlace, BranchName, NodeName } from "../world.ts";
import { BLOCKS_PER_CALL } from "./limits.ts";
import type { LiveFeed } from "./live-feed.ts";

interface Branch {
  readonly forkPoint: BlockHash;
  readonly address: string;
  /** The node's own name for it, once it has a block. */
  id: string | undefined;
  tip: BlockHash;
  /** Transactions for its next block, hexadecimal. */
  pending: string[];
  /** Blocks that are still secret. */
  secret: number;
  /** Gives the search that is under way up; undefined when nothing is mined on it by itself. */
  search: AbortController | undefined;
  searching: Promise<void>;
}

interface WantedBlocks {
  readonly blocks: number;
  readonly atFullPower: boolean;
  readonly wishes?: BlockWishes;
  readonly signal?: AbortSignal;
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

  /** Opens a branch; the node's hash power works on it from now on, and on none that was opened before. */
  async open(node: RemoteNode, name: BranchName, forkPoint: BlockHash, address: string): Promise<void> {
    const key = keyOf(node.name, name);
    if (this.#branches.has(key)) throw new InputError(`${node.name} has a branch ${name} already`);
    const branch: Branch = {
      forkPoint,
      address,
      id: undefined,
      tip: forkPoint,
      pending: [],
      secret: 0,
      search: undefined,
      searching: Promise.resolve(),
    };
    await this.pause(node.name);
    this.#branches.set(key, branch);
    this.resume(node);
  }

  /** The node's hash power rests: it ends, or is about to be another. */
  async pause(node: NodeName): Promise<void> {
    await Promise.all(this.#of(node).map(([, branch]) => pause(branch)));
  }

  /** The node's hash power goes on with the branch that was opened last, if it keeps one. */
  resume(node: RemoteNode): void {
    const [key, branch] = this.#of(node.name).at(-1) ?? [];
    if (key === undefined || branch === undefined || !this.#world.mines(node.name)) return;
    this.#search(node, key.slice(node.name.length + 1), branch);
  }

  /** Branches of a node that was ended: those were in its memory. */
  forget(node: NodeName): void {
    for (const [key] of this.#of(node)) this.#branches.delete(key);
  }

  /** The host of a branch: the payer's own node where it keeps one of that name, or else anybody. */
  hostOf(name: BranchName, payer: NodeName): NodeName {
    if (this.#branches.has(keyOf(payer, name))) return payer;
    const key = [...this.#branches.keys()].find((candidate) => candidate.endsWith(` ${name}`));
    if (key === undefined) throw new InputError(`nobody keeps a branch ${name}`);
    return key.slice(0, -name.length - 1);
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
  async mine(
    node: RemoteNode,
    name: BranchName,
    count: number,
    wishes: BlockWishes = {},
  ): Promise<readonly BlockPlace[]> {
    const branch = this.#known(node.name, name);
    const places: BlockPlace[] = [];
    await this.pause(node.name);
    try {
      while (places.length < count) {
        const blocks = Math.min(count - places.length, BLOCKS_PER_CALL);
        places.push(...(await this.#mine(node, name, branch, { blocks, atFullPower: true, wishes })));
      }
      return places;
    } finally {
      this.resume(node);
    }
  }

  /** @param blocks how many of those still secret; all when absent */
  async publish(node: RemoteNode, name: BranchName, blocks?: number): Promise<void> {
    const branch = this.#known(node.name, name);
    let left = Math.min(blocks ?? branch.secret, branch.secret);
    while (branch.id !== undefined && left > 0) {
      const part = Math.min(left, BLOCKS_PER_CALL);
      await node.publishBranch(branch.id, part);
      branch.secret -= part;
      left -= part;
    }
  }

  /** What is secret stays so; the hash power goes back to the branch before, or to the tip. */
  async abandon(node: RemoteNode, name: BranchName): Promise<void> {
    this.#known(node.name, name);
    await this.pause(node.name);
    this.#branches.delete(keyOf(node.name, name));
    this.resume(node);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#branches.values()].map(pause));
  }

  /** Oldest first. */
  #of(node: NodeName): readonly (readonly [string, Branch])[] {
    return [...this.#branches].filter(([key]) => key.startsWith(`${node} `));
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
    { signal, ...wanted }: WantedBlocks,
  ): Promise<readonly BlockPlace[]> {
    const on = branch.id === undefined ? { forkPoint: branch.forkPoint } : { branch: branch.id };
    const transactions = [...branch.pending];
    const request = { on, transactions, address: branch.address, ...wanted };
    const mined = await node.mineWithheld(request, signal);
    branch.id = mined.branch;
    branch.secret += mined.blocks.length;
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
