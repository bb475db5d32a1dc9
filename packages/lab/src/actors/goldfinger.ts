import { z } from "zod";
import type { Actor, ActorContext } from "../run/actor.ts";
import type { ActorKind } from "../run/actor-kind.ts";
import type { JsonValue } from "../run/result.ts";
import type { Scenario } from "../scenario/model.ts";
import { nodeName } from "../scenario/values.ts";
import type { Command } from "../world/command.ts";
import type { WorldEvent } from "../world/event.ts";
import { PERSIST_BLOCKS } from "./defaults.ts";
import { defineActor } from "./define-actor.ts";
import { ReorgWatch } from "./reorg-watch.ts";
import { SecretBranch } from "./secret-branch.ts";
import { subsidiesOf } from "./subsidies.ts";
import { type Order, Turns } from "./turns.ts";

const MAX_REWRITE_BLOCKS = 100_000;

interface GoldfingerOptions {
  readonly node: string;
  readonly target: string;
  readonly depth: number;
  readonly lead: number;
  readonly persist: number;
}

const schema: z.ZodType<GoldfingerOptions> = z.strictObject({
  node: nodeName.describe("Whose hash power it is: a majority, or it takes for ever."),
  target: nodeName.describe("The node whose history must change."),
  depth: z.int().min(1).max(MAX_REWRITE_BLOCKS).describe("Blocks below its tip at which the rewriting starts."),
  lead: z.int().min(1).max(MAX_REWRITE_BLOCKS).default(1).describe("Blocks ahead at which it publishes."),
  persist: z
    .int()
    .min(0)
    .max(MAX_REWRITE_BLOCKS)
    .default(PERSIST_BLOCKS)
    .describe("Blocks it still mines when the target does not follow a published branch that is ahead."),
});

/**
 * Goldfinger attack (J. Kroll, I. Davey, E. Felten, The Economics of Bitcoin Mining, WEIS 2013): destroys trust rather than
 * steals: rewrites history from `depth` blocks back and does not care what it costs. It waits until the chain has grown by
 * `depth` blocks. Branch: `NAME.branch`.
 * Result: `succeeded`, `depth` (public blocks that were replaced), `blocksMined`, `costSatoshis` (their subsidies: paid
 * back when it succeeds), `tookMs` from the first secret block to the end.
 */
export const goldfinger: ActorKind = defineActor({
  description: "Rewrites history from so many blocks back, at any cost.",
  branches: ["branch"],
  results: ["succeeded", "depth", "blocksMined", "costSatoshis", "tookMs"],
  schema,
  create: (options, { name, scenario }) => new Goldfinger(options, name, scenario),
});

class Goldfinger implements Actor {
  readonly #options: GoldfingerOptions;
  readonly #name: string;
  readonly #scenario: Scenario;
  readonly #reorg: ReorgWatch;
  #context!: ActorContext;
  #turns!: Turns;
  #branch: SecretBranch | undefined;
  #beganMs = 0;
  #endedMs: number | undefined;
  #releasedWith: number | undefined;
  #replaced = 0;
  #succeeded = false;

  constructor(options: GoldfingerOptions, name: string, scenario: Scenario) {
    this.#options = options;
    this.#name = name;
    this.#scenario = scenario;
    this.#reorg = new ReorgWatch(options.target);
  }

  start(context: ActorContext): void {
    this.#context = context;
    this.#turns = new Turns({ context, decide: () => this.#decide(), refused: (...why) => this.#refused(...why) });
    this.#turns.take();
  }

  observe(event: WorldEvent): void {
    if (event.node !== this.#options.node && event.node !== this.#options.target) return;
    this.#reorg.observe(event);
    this.#branch?.grownBy(event);
    this.#turns.take();
  }

  done(): boolean {
    return this.#endedMs !== undefined;
  }

  result(): { readonly [field: string]: JsonValue } {
    const blocks = this.#branch?.blocks ?? [];
    return {
      succeeded: this.#succeeded,
      depth: this.#replaced,
      blocksMined: blocks.length,
      costSatoshis: Number(subsidiesOf(blocks, this.#scenario)),
      tookMs: (this.#endedMs ?? this.#context.nowMs()) - this.#beganMs,
    };
  }

  #decide(): readonly Order[] {
    if (this.done() || !this.#reorg.settled) return [];
    const { node, target, depth, lead, persist } = this.#options;
    const { views } = this.#context;
    const branch = this.#branch;
    if (branch === undefined) return this.#begin();
    const own = branch.blocks.length;
    const last = branch.blocks[branch.published - 1];
    if (last !== undefined && views.isActive(target, last.hash)) return this.#end(branch, true);
    const others = views.tip(target).height - branch.fork.height;
    if (this.#releasedWith === undefined) {
      if (own - others < lead) return [];
      this.#releasedWith = own;
      this.#replaced = Math.max(others, depth);
      this.#context.note(node, `${this.#name} publishes ${own} blocks over ${others}`);
    } else if (own > others && own - this.#releasedWith > persist) return this.#end(branch, false);
    if (own > others) this.#replaced = Math.max(this.#replaced, others);
    return own > others ? branch.publishUpTo(own) : [];
  }

  #begin(): readonly Order[] {
    const { node, depth } = this.#options;
    const { views } = this.#context;
    const fork = views.activeAt(node, views.tip(node).height - depth);
    if (fork === undefined || fork.height < views.startHeight()) return [];
    this.#beganMs = this.#context.nowMs();
    this.#branch = new SecretBranch(node, `${this.#name}.branch`, fork);
    return [this.#branch.open()];
  }

  #end(branch: SecretBranch, succeeded: boolean): readonly Order[] {
    this.#succeeded = succeeded;
    this.#endedMs = this.#context.nowMs();
    return [branch.abandon()];
  }

  #refused(command: Command, reason: string): void {
    this.#context.note(this.#options.node, `${this.#name}: ${command.kind} refused: ${reason}`);
  }
}
