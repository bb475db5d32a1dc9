import type { MinedEvent } from "../world/event.ts";
import type { BlockPlace, BranchName, NodeName } from "../world/world.ts";
import type { BranchView } from "./chain-views.ts";

interface Branch {
  readonly fork: BlockPlace;
  readonly blocks: BlockPlace[];
  published: number;
  open: boolean;
}

/** The secret branches of all nodes, as commands and events tell of them. */
export class BranchBook {
  readonly #branches = new Map<string, Branch>();

  opened(node: NodeName, branch: BranchName, fork: BlockPlace): void {
    this.#branches.set(keyOf(node, branch), { fork, blocks: [], published: 0, open: true });
  }

  grown({ node, branch, hash, height }: MinedEvent): void {
    if (branch === undefined) return;
    this.#branches.get(keyOf(node, branch))?.blocks.push({ hash, height });
  }

  published(node: NodeName, branch: BranchName, blocks: number | undefined): void {
    const found = this.#branches.get(keyOf(node, branch));
    if (found === undefined) return;
    found.published = Math.min(found.blocks.length, found.published + (blocks ?? found.blocks.length));
  }

  abandoned(node: NodeName, branch: BranchName): void {
    const found = this.#branches.get(keyOf(node, branch));
    if (found !== undefined) found.open = false;
  }

  view(node: NodeName, branch: BranchName): BranchView | undefined {
    return this.#branches.get(keyOf(node, branch));
  }
}

function keyOf(node: NodeName, branch: BranchName): string {
  return `${node}/${branch}`;
}
