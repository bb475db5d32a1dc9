import { z } from "zod";
import { MAX_BLOCKS_PER_STEP } from "../limits.ts";
import type { Actor, ActorContext } from "../run/actor.ts";
import type { ActorKind, ActorSetup } from "../run/actor-kind.ts";
import type { ChainViews } from "../run/chain-views.ts";
import type { JsonValue } from "../run/result.ts";
import { nodeName } from "../scenario/values.ts";
import type { Command } from "../world/command.ts";
import type { WorldEvent } from "../world/event.ts";
import type { NodeName } from "../world/world.ts";
import { defineActor } from "./define-actor.ts";
import { ReorgWatch } from "./reorg-watch.ts";
import { hashShareOf } from "./scenario-facts.ts";
import { SecretBranch } from "./secret-branch.ts";
import { type Order, Turns } from "./turns.ts";

interface InfiltratorOptions {
  readonly node: string;
  readonly pool: string;
  readonly home: string;
  readonly blocks: number;
}

const schema: z.ZodType<InfiltratorOptions> = z.strictObject({
  node: nodeName.describe("The attacker's hash power inside the pool."),
  pool: nodeName.describe("The pool's own, honest hash power."),
  home: nodeName.describe("What the attacker mines with for itself."),
  blocks: z.int().min(1).max(MAX_BLOCKS_PER_STEP).describe("Blocks of the chain after which it is done."),
});

/**
 * Block withholding against a pool (M. Rosenfeld, Analysis of Bitcoin Pooled Mining Reward Systems, arXiv:1112.4980,
 * 2011; I. Eyal, The Miner's Dilemma, IEEE S&P 2015): the infiltrator hands in shares, so the pool pays it in proportion
 * to its hash power, and throws away what would be blocks. Shares are accounted for, not simulated: the pool's blocks are
 * divided by the hash power that works for it. Branches: `NAME.1` …
 * Result: `blocks`, `discarded` blocks, `poolBlocks`, `homeBlocks`; as fractions of all rewards `attackerRevenue` (home,
 * and its part of the pool's) and `poolRevenue` (what is left to the pool's honest members), `expectedAttackerRevenue`,
 * `expectedPoolRevenue` by Eyal's formula, `fairAttackerRevenue`, `fairPoolRevenue` (their shares of the hash power), and
 * `attackerDeviation`, `poolDeviation` = revenue − expected.
 */
export const infiltrator: ActorKind = defineActor({
  description: "Works in a pool for its pay and throws away the blocks it finds.",
  branches: ["N"],
  results: [
    "blocks",
    "discarded",
    "poolBlocks",
    "homeBlocks",
    "attackerRevenue",
    "poolRevenue",
    "expectedAttackerRevenue",
    "expectedPoolRevenue",
    "fairAttackerRevenue",
    "fairPoolRevenue",
    "attackerDeviation",
    "poolDeviation",
  ],
  schema,
  create: (options, setup) => new Infiltrator(options, setup),
});

class Infiltrator implements Actor {
  readonly #options: InfiltratorOptions;
  readonly #name: string;
  readonly #shares: { readonly insider: number; readonly pool: number; readonly home: number };
  readonly #reorg: ReorgWatch;
  #context!: ActorContext;
  #turns!: Turns;
  #branch: SecretBranch | undefined;
  #opened = 0;
  #discarded = 0;

  constructor(options: InfiltratorOptions, setup: ActorSetup) {
    this.#options = options;
    this.#name = setup.name;
    const { node, pool, home } = options;
    this.#shares = {
      insider: hashShareOf(setup, node),
      pool: hashShareOf(setup, pool),
      home: hashShareOf(setup, home),
    };
    this.#reorg = new ReorgWatch(options.node);
  }

  start(context: ActorContext): void {
    this.#context = context;
    this.#turns = new Turns({ context, decide: () => this.#decide(), refused: (...why) => this.#refused(...why) });
    this.#turns.take();
  }

  observe(event: WorldEvent): void {
    if (event.node !== this.#options.node) return;
    this.#reorg.observe(event);
    if (this.#branch?.grownBy(event) === true) this.#discarded += 1;
    this.#turns.take();
  }

  done(): boolean {
    return this.#blocks() >= this.#options.blocks;
  }

  result(): { readonly [field: string]: JsonValue } {
    const { views } = this.#context;
    const { pool, home, blocks } = this.#options;
    const counted = Math.max(1, Math.min(this.#blocks(), blocks));
    const poolBlocks = this.#minedBy(views, pool, counted);
    const homeBlocks = this.#minedBy(views, home, counted);
    const { insider, pool: honest, home: own } = this.#shares;
    const part = insider / (insider + honest);
    const attackerRevenue = (homeBlocks + poolBlocks * part) / counted;
    const poolRevenue = (poolBlocks * (1 - part)) / counted;
    // What the infiltrator finds counts for nobody: the others' shares are of what is left.
    const effective = 1 - insider;
    const expectedAttackerRevenue = (own + honest * part) / effective;
    const expectedPoolRevenue = (honest * (1 - part)) / effective;
    return {
      blocks: counted,
      discarded: this.#discarded,
      poolBlocks,
      homeBlocks,
      attackerRevenue,
      poolRevenue,
      expectedAttackerRevenue,
      expectedPoolRevenue,
      fairAttackerRevenue: own + insider,
      fairPoolRevenue: honest,
      attackerDeviation: attackerRevenue - expectedAttackerRevenue,
      poolDeviation: poolRevenue - expectedPoolRevenue,
    };
  }

  #blocks(): number {
    const { views } = this.#context;
    return views.tip(this.#options.node).height - views.startHeight();
  }

  #minedBy(views: ChainViews, miner: NodeName, blocks: number): number {
    let count = 0;
    for (let height = views.startHeight() + 1; height <= views.startHeight() + blocks; height++) {
      const place = views.activeAt(this.#options.node, height);
      if (place !== undefined && views.miner(place.hash) === miner) count += 1;
    }
    return count;
  }

  /** Its work always goes on the public tip, and what comes of it is kept. */
  #decide(): readonly Order[] {
    if (!this.#reorg.settled || this.done()) return [];
    const tip = this.#context.views.tip(this.#options.node);
    const old = this.#branch;
    if (old !== undefined && old.fork.hash === tip.hash && old.blocks.length === 0) return [];
    this.#opened += 1;
    this.#branch = new SecretBranch(this.#options.node, `${this.#name}.${this.#opened}`, tip);
    return [...(old === undefined ? [] : [old.abandon()]), this.#branch.open()];
  }

  #refused(command: Command, reason: string): void {
    this.#context.note(this.#options.node, `${this.#name}: ${command.kind} refused: ${reason}`);
  }
}
