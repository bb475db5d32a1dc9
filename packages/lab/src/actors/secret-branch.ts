import type { WorldEvent } from "../world/event.ts";
import type { BlockPlace, BranchName, NodeName } from "../world/world.ts";
import type { Order } from "./turns.ts";

/** A branch that an actor has its node mine in secret: what it holds, and the commands for it. */
export class SecretBranch {
  readonly node: NodeName;
  readonly name: BranchName;
  readonly fork: BlockPlace;
  readonly #blocks: BlockPlace[] = [];
  #published = 0;

  constructor(node: NodeName, name: BranchName, fork: BlockPlace) {
    this.node = node;
    this.name = name;
    this.fork = fork;
  }

  /** Oldest first. */
  get blocks(): readonly BlockPlace[] {
    return this.#blocks;
  }

  get published(): number {
    return this.#published;
  }

  get tip(): BlockPlace {
    return this.#blocks.at(-1) ?? this.fork;
  }

  /** True when the event is a block found on this branch. */
  grownBy(event: WorldEvent): boolean {
    if (event.type !== "mined" || event.node !== this.node || event.branch !== this.name) return false;
    this.#blocks.push({ hash: event.hash, height: event.height });
    return true;
  }

  open(): Order {
    return { command: { kind: "withhold", node: this.node, branch: this.name, fork: this.fork.hash } };
  }

  /** Publishes until `count` blocks of the branch are public; nothing when they are already. */
  publishUpTo(count: number): readonly Order[] {
    const blocks = Math.min(count, this.#blocks.length) - this.#published;
    if (blocks <= 0) return [];
    const command = { kind: "publish", node: this.node, branch: this.name, blocks } as const;
    return [
      {
        command,
        done: () => {
          this.#published += blocks;
        },
      },
    ];
  }

  abandon(): Order {
    return { command: { kind: "abandon", node: this.node, branch: this.name } };
  }
}
