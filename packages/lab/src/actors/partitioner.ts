import { z } from "zod";
import { MAX_BLOCKS_PER_STEP } from "../limits.ts";
import type { Actor, ActorContext } from "../run/actor.ts";
import type { ActorKind } from "../run/actor-kind.ts";
import type { JsonValue } from "../run/result.ts";
import { durationMs } from "../scenario/values.ts";
import type { WorldEvent } from "../world/event.ts";
import type { NodeName } from "../world/world.ts";
import { defineActor } from "./define-actor.ts";
import { nodeList } from "./node-list.ts";

const MAX_GROUPS = 100;

interface PartitionerOptions {
  readonly groups: readonly (readonly string[])[];
  readonly after: number;
  readonly duration?: number | undefined;
  readonly blocks?: number | undefined;
}

const schema: z.ZodType<PartitionerOptions> = z.strictObject({
  groups: z
    .array(nodeList)
    .min(2)
    .max(MAX_GROUPS)
    .refine((groups) => new Set(groups.flat()).size === groups.flat().length, "a node is in one group only")
    .describe("Nodes that can still talk to each other."),
  after: durationMs.prefault("0s").describe("When it cuts, since the scenario began."),
  duration: durationMs.optional().describe("How long the cut lasts."),
  blocks: z
    .int()
    .min(1)
    .max(MAX_BLOCKS_PER_STEP)
    .optional()
    .describe("It lasts until every group has mined so many blocks. With `duration`: whatever comes first."),
});

/**
 * Cuts a network into groups and heals it (M. Apostolaki, A. Zohar, L. Vanbever, Hijacking Bitcoin, IEEE S&P 2017, do it by
 * routing). Result: `cut`, `healed`, `cutMs` (how long), `blocks` of each group while cut, `depth` of the deepest
 * reorganisation since it healed, and `reorganised` nodes.
 */
export const partitioner: ActorKind = defineActor({
  description: "Cuts the network into groups and heals it after a time or a number of blocks.",
  results: ["cut", "healed", "cutMs", "blocks", "depth", "reorganised"],
  schema,
  create: (options, { name }) => new Partitioner(options, name),
});

class Partitioner implements Actor {
  readonly #options: PartitionerOptions;
  readonly #name: string;
  #context!: ActorContext;
  #cutMs: number | undefined;
  #healedMs: number | undefined;
  #heights: readonly number[] = [];
  #blocks: readonly number[] = [];
  #depth = 0;
  readonly #reorganised = new Set<NodeName>();

  constructor(options: PartitionerOptions, name: string) {
    this.#options = options;
    this.#name = name;
  }

  start(context: ActorContext): void {
    this.#context = context;
    context.after(this.#options.after, () => this.#cut());
  }

  observe(event: WorldEvent): void {
    if (event.type === "reorg" && this.#healedMs !== undefined) {
      this.#depth = Math.max(this.#depth, event.depth);
      this.#reorganised.add(event.node);
    }
    const { blocks } = this.#options;
    if (event.type !== "block" || blocks === undefined || this.#cutMs === undefined) return;
    if (this.#healedMs === undefined && this.#grown().every((grown) => grown >= blocks)) this.#heal();
  }

  done(): boolean {
    const { duration, blocks } = this.#options;
    return (
      this.#healedMs !== undefined || (this.#cutMs !== undefined && duration === undefined && blocks === undefined)
    );
  }

  result(): { readonly [field: string]: JsonValue } {
    return {
      cut: this.#cutMs !== undefined,
      healed: this.#healedMs !== undefined,
      cutMs: this.#cutMs === undefined ? 0 : (this.#healedMs ?? this.#context.nowMs()) - this.#cutMs,
      blocks: this.#blocks,
      depth: this.#depth,
      reorganised: this.#reorganised.size,
    };
  }

  #cut(): void {
    this.#cutMs = this.#context.nowMs();
    this.#heights = this.#tips();
    this.#context.perform({ kind: "partition", groups: this.#options.groups });
    const { duration } = this.#options;
    if (duration !== undefined) this.#context.after(duration, () => this.#heal());
  }

  #heal(): void {
    if (this.#healedMs !== undefined) return;
    this.#blocks = this.#grown();
    this.#healedMs = this.#context.nowMs();
    this.#context.note(this.#options.groups[0]?.[0] ?? this.#name, `${this.#name} heals the network`);
    this.#context.perform({ kind: "heal" });
  }

  /** Height of each group's first node. */
  #tips(): number[] {
    return this.#options.groups.map(([node]) => (node === undefined ? 0 : this.#context.views.tip(node).height));
  }

  #grown(): number[] {
    return this.#tips().map((height, group) => height - (this.#heights[group] ?? height));
  }
}
