import type { BlockHash } from "@forkyard/core/hash";
import type { WorldEvent } from "../world/event.ts";
import type { NodeName } from "../world/world.ts";

/**
 * A reorganisation is told block by block: in between the tip seems to lie lower than it ever was. Nothing should be
 * decided on that.
 */
export class ReorgWatch {
  readonly #node: NodeName;
  #awaited: BlockHash | undefined;

  constructor(node: NodeName) {
    this.#node = node;
  }

  observe(event: WorldEvent): void {
    if (event.node !== this.#node) return;
    if (event.type === "reorg") this.#awaited = event.added.at(-1);
    else if (event.type === "block" && event.hash === this.#awaited) this.#awaited = undefined;
  }

  /** False while blocks of a reorganisation are still to be told. */
  get settled(): boolean {
    return this.#awaited === undefined;
  }
}
