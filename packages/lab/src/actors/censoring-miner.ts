import type { BlockHash, Txid } from "@forkyard/core/hash";
import { z } from "zod";
import { MAX_CONFIRMATIONS } from "../odds/limits.ts";
import type { Actor, ActorContext } from "../run/actor.ts";
import type { ActorKind } from "../run/actor-kind.ts";
import type { JsonValue } from "../run/result.ts";
import type { Scenario } from "../scenario/model.ts";
import { nodeName, paymentName } from "../scenario/values.ts";
import type { Command } from "../world/command.ts";
import type { BlockEvent, WorldEvent } from "../world/event.ts";
import type { BlockPlace } from "../world/world.ts";
import { defineActor } from "./define-actor.ts";
import { ReorgWatch } from "./reorg-watch.ts";
import { SecretBranch } from "./secret-branch.ts";
import { subsidiesOf } from "./subsidies.ts";
import { type Order, Turns } from "./turns.ts";

interface CensoringOptions {
  readonly node: string;
  readonly payments: readonly string[];
  readonly feather?: number | undefined;
}

const MAX_PAYMENTS = 1_000;

const schema: z.ZodType<CensoringOptions> = z.strictObject({
  node: nodeName.describe("Whose hash power it is."),
  payments: z.array(paymentName).min(1).max(MAX_PAYMENTS).describe("What must not be confirmed."),
  feather: z
    .int()
    .min(1)
    .max(MAX_CONFIRMATIONS)
    .optional()
    .describe("Also mines against each block that holds one, until so many blocks behind. Default: it does not."),
});

/**
 * Leaves payments out of its blocks; as a feather fork (A. Miller, Feather-forks: enforcing a blacklist with sub-50% hash
 * power, bitcointalk, October 2013) it also tries to orphan every block that holds one, for as long as it is fewer than
 * `feather` blocks behind, so that others lose by including them. Branches: `NAME.1` …
 * Result: `confirmed` (of the payments, on the node's chain at the end), `forks` begun, `orphaned` (offending blocks that
 * were taken back for its branch), `givenUp`, `lostBlocks`, `costSatoshis` (their subsidies).
 */
export const censoringMiner: ActorKind = defineActor({
  description: "Mines none of the given payments; with `feather` also against blocks that hold one.",
  branches: ["N"],
  results: ["confirmed", "forks", "orphaned", "givenUp", "lostBlocks", "costSatoshis"],
  schema,
  create: (options, { name, scenario }) => new CensoringMiner(options, name, scenario),
});

class CensoringMiner implements Actor {
  readonly #options: CensoringOptions;
  readonly #name: string;
  readonly #scenario: Scenario;
  readonly #reorg: ReorgWatch;
  readonly #censored = new Set<Txid>();
  /** Blocks that it mined against already: each gets one try. */
  readonly #fought = new Set<BlockHash>();
  #context!: ActorContext;
  #turns!: Turns;
  #told = 0;
  #offence: BlockPlace | undefined;
  #branch: SecretBranch | undefined;
  #forks = 0;
  #orphaned = 0;
  #givenUp = 0;
  #lost: BlockPlace[] = [];

  constructor(options: CensoringOptions, name: string, scenario: Scenario) {
    this.#options = options;
    this.#name = name;
    this.#scenario = scenario;
    this.#reorg = new ReorgWatch(options.node);
  }

  start(context: ActorContext): void {
    this.#context = context;
    this.#turns = new Turns({ context, decide: () => this.#decide(), refused: (...why) => this.#refused(...why) });
  }

  observe(event: WorldEvent): void {
    const { node, payments } = this.#options;
    if (event.type === "payment" && payments.includes(event.payment)) this.#censored.add(event.txid);
    else if (event.node !== node) return;
    this.#reorg.observe(event);
    this.#branch?.grownBy(event);
    if (event.type === "block" && this.#branch === undefined) this.#noticeOffence(event);
    this.#turns.take();
  }

  done(): boolean {
    return this.#branch === undefined;
  }

  result(): { readonly [field: string]: JsonValue } {
    const { views } = this.#context;
    const confirmed = [...this.#censored].filter((txid) => views.confirmations(this.#options.node, txid) > 0);
    return {
      confirmed: confirmed.length,
      forks: this.#forks,
      orphaned: this.#orphaned,
      givenUp: this.#givenUp,
      lostBlocks: this.#lost.length,
      costSatoshis: Number(subsidiesOf(this.#lost, this.#scenario)),
    };
  }

  #noticeOffence({ hash, height, txids }: BlockEvent): void {
    if (this.#options.feather === undefined || this.#fought.has(hash)) return;
    if (!txids.some((txid) => this.#censored.has(txid))) return;
    this.#fought.add(hash);
    this.#offence = { hash, height };
  }

  #decide(): readonly Order[] {
    const { node } = this.#options;
    if (this.#told < this.#censored.size) {
      this.#told = this.#censored.size;
      return [{ command: { kind: "mining-policy", node, censor: [...this.#censored] } }];
    }
    if (!this.#reorg.settled || this.#offence === undefined) return [];
    return this.#branch === undefined ? this.#fork(this.#offence) : this.#race(this.#branch, this.#offence);
  }

  #fork(offence: BlockPlace): readonly Order[] {
    const { views } = this.#context;
    const { node } = this.#options;
    const fork = views.activeAt(node, offence.height - 1);
    if (fork === undefined || !views.isActive(node, offence.hash)) {
      this.#offence = undefined;
      return [];
    }
    this.#forks += 1;
    this.#branch = new SecretBranch(node, `${this.#name}.${this.#forks}`, fork);
    return [this.#branch.open()];
  }

  #race(branch: SecretBranch, offence: BlockPlace): readonly Order[] {
    const { views } = this.#context;
    const { node, feather } = this.#options;
    const first = branch.blocks[0];
    if (first !== undefined && views.isActive(node, first.hash)) {
      this.#orphaned += 1;
      return this.#end(branch);
    }
    if (!views.isActive(node, offence.hash)) return this.#end(branch);
    const own = branch.blocks.length;
    const others = views.tip(node).height - branch.fork.height;
    if (others - own >= (feather ?? 1)) {
      this.#givenUp += 1;
      this.#lost.push(...branch.blocks);
      return this.#end(branch);
    }
    return branch.publishUpTo(own);
  }

  #end(branch: SecretBranch): readonly Order[] {
    this.#branch = undefined;
    this.#offence = undefined;
    return [branch.abandon()];
  }

  #refused(command: Command, reason: string): void {
    this.#context.note(this.#options.node, `${this.#name}: ${command.kind} refused: ${reason}`);
  }
}
