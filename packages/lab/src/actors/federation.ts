import { InputError } from "@forkyard/core/errors";
import type { BlockHash } from "@forkyard/core/hash";
import { z } from "zod";
import { MAX_SCENARIO_NODES } from "../limits.ts";
import type { Actor, ActorContext } from "../run/actor.ts";
import type { ActorKind } from "../run/actor-kind.ts";
import type { JsonValue } from "../run/result.ts";
import { durationMs } from "../scenario/values.ts";
import type { WorldEvent } from "../world/event.ts";
import type { BlockPlace, NodeName } from "../world/world.ts";
import { defineActor } from "./define-actor.ts";
import { nodeList } from "./node-list.ts";

interface FederationOptions {
  readonly signers: readonly string[];
  readonly threshold: number;
  readonly delay: number;
  readonly protects: readonly string[];
}

const schema: z.ZodType<FederationOptions> = z.strictObject({
  signers: nodeList.describe("Who signs: each the first block that it has on its chain at a height."),
  threshold: z.int().min(1).max(MAX_SCENARIO_NODES).describe("Signatures on one block that make it final."),
  delay: durationMs.prefault("0s").describe("How long a block must be on a signer's chain before it signs."),
  protects: nodeList.describe("Nodes that are told; those with the defence `chainlocks` heed it."),
});

/**
 * A federation that signs blocks, as Dash's ChainLocks (DIP 8, 2019; adopted by Firo after its attack of 2021): each signer
 * signs the first block that it sees at each height, once, `threshold` signatures lock it, and nodes with the defence
 * `chainlocks` never take a locked block back. Result: `locked` blocks, `highestLocked` (null: none), `split` (heights at
 * which the signatures went to different blocks and none was locked).
 */
export const federation: ActorKind = defineActor({
  description: "Signs the first block seen at each height; enough signatures make it final (ChainLocks).",
  results: ["locked", "highestLocked", "split"],
  schema,
  create: (options, { name }) => new Federation(options, name),
});

class Federation implements Actor {
  readonly #options: FederationOptions;
  readonly #name: string;
  /** Signatures by height and block. */
  readonly #votes = new Map<number, Map<BlockHash, number>>();
  /** Heights that each signer has signed. */
  readonly #signed = new Map<NodeName, Set<number>>();
  readonly #locked = new Map<number, BlockHash>();
  #context!: ActorContext;

  constructor(options: FederationOptions, name: string) {
    if (options.threshold > options.signers.length) {
      throw new InputError(
        `${name}: ${options.threshold} signatures of ${options.signers.length} signers: at most all of them`,
      );
    }
    this.#options = options;
    this.#name = name;
    for (const signer of options.signers) this.#signed.set(signer, new Set());
  }

  start(context: ActorContext): void {
    this.#context = context;
  }

  observe(event: WorldEvent): void {
    if (event.type !== "block" || !this.#signed.has(event.node)) return;
    const { node, hash, height } = event;
    const sign = (): void => this.#sign(node, { hash, height });
    if (this.#options.delay === 0) sign();
    else this.#context.after(this.#options.delay, sign);
  }

  done(): boolean {
    return true;
  }

  result(): { readonly [field: string]: JsonValue } {
    const split = [...this.#votes].filter(([height, votes]) => votes.size > 1 && !this.#locked.has(height));
    return {
      locked: this.#locked.size,
      highestLocked: this.#locked.size === 0 ? null : Math.max(...this.#locked.keys()),
      split: split.length,
    };
  }

  #sign(signer: NodeName, block: BlockPlace): void {
    const signed = this.#signed.get(signer);
    if (signed === undefined || signed.has(block.height)) return;
    if (!this.#context.views.isActive(signer, block.hash)) return;
    signed.add(block.height);
    const votes = this.#votes.get(block.height) ?? new Map<BlockHash, number>();
    this.#votes.set(block.height, votes);
    const count = (votes.get(block.hash) ?? 0) + 1;
    votes.set(block.hash, count);
    if (count === this.#options.threshold && !this.#locked.has(block.height)) this.#lock(block);
  }

  #lock(block: BlockPlace): void {
    this.#locked.set(block.height, block.hash);
    for (const node of this.#options.protects) {
      this.#context.perform({ kind: "lock", node, block }, (result) => {
        if (!result.ok) this.#context.note(node, `${this.#name}: lock refused: ${result.reason}`);
      });
    }
  }
}
