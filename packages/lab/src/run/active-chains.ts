import type { BlockHash } from "@forkyard/core/hash";
import type { BlockEvent, ReorgEvent } from "../world/event.ts";
import type { BlockPlace, NodeName } from "../world/world.ts";

/** The active chain of one node above the block that all began with. */
interface ActiveChain {
  /** Height of the first entry. */
  base: number;
  /** Undefined where no event told of the block: below what the scenario began with. */
  readonly hashes: (BlockHash | undefined)[];
  tip: BlockPlace;
}

/** The active chain of every node, as events tell it. */
export class ActiveChains {
  readonly start: BlockPlace;
  readonly #chains = new Map<NodeName, ActiveChain>();

  /** @param start the tip of all nodes when the scenario begins */
  constructor(start: BlockPlace, nodes: readonly NodeName[]) {
    this.start = start;
    for (const node of nodes) this.#chains.set(node, { base: start.height, hashes: [start.hash], tip: start });
  }

  tip(node: NodeName): BlockPlace {
    return this.#chains.get(node)?.tip ?? this.start;
  }

  activeAt(node: NodeName, height: number): BlockPlace | undefined {
    const chain = this.#chains.get(node);
    const hash = chain?.hashes[height - chain.base];
    return hash === undefined ? undefined : { hash, height };
  }

  isActive(node: NodeName, { hash, height }: BlockPlace): boolean {
    return this.activeAt(node, height)?.hash === hash;
  }

  reorganised({ node, fork }: ReorgEvent): void {
    const chain = this.#chains.get(node);
    if (chain === undefined) return;
    reachDown(chain, fork.height);
    chain.hashes.length = fork.height - chain.base + 1;
    chain.hashes[fork.height - chain.base] = fork.hash;
    chain.tip = fork;
  }

  connected({ node, hash, height }: BlockEvent): void {
    const chain = this.#chains.get(node);
    if (chain === undefined) return;
    reachDown(chain, height);
    chain.hashes.length = height - chain.base;
    chain.hashes.push(hash);
    chain.tip = { hash, height };
  }
}

/** Makes room for heights below what the scenario began with: a branch may fork off there. */
function reachDown(chain: ActiveChain, height: number): void {
  if (height >= chain.base) return;
  chain.hashes.unshift(...Array.from({ length: chain.base - height }, () => undefined));
  chain.base = height;
}
