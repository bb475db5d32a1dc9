import type { Txid } from "@forkyard/core/hash";
import { z } from "zod";
import { MAX_CONFIRMATIONS } from "../odds/limits.ts";
import type { Actor, ActorContext } from "../run/actor.ts";
import type { ActorKind, ActorSetup } from "../run/actor-kind.ts";
import type { JsonValue } from "../run/result.ts";
import type { Scenario } from "../scenario/model.ts";
import { durationMs, nodeName, satoshis, walletName } from "../scenario/values.ts";
import type { Command } from "../world/command.ts";
import type { WorldEvent } from "../world/event.ts";
import type { NodeName } from "../world/world.ts";
import { USUAL_CONFIRMATIONS } from "./defaults.ts";
import { defineActor } from "./define-actor.ts";
import { HEIST_RESULTS, HeistTally } from "./heist-tally.ts";
import { linksBetween, restoreLinks } from "./link-orders.ts";
import { nodeList } from "./node-list.ts";
import { confirmationsAskedBy, nodeOfWallet } from "./scenario-facts.ts";
import { type Order, Turns } from "./turns.ts";

interface IsolationOptions {
  readonly wallet: string;
  readonly victim: string;
  readonly amount: bigint;
  readonly confirmations?: number | undefined;
}

const payment = {
  wallet: walletName.describe("Whose coins are spent twice."),
  victim: walletName.describe("The wallet that is paid; its node is kept from the others."),
  amount: satoshis.describe("What is paid."),
  confirmations: z
    .int()
    .min(0)
    .max(MAX_CONFIRMATIONS)
    .optional()
    .describe("Confirmations after which the victim has delivered. Default: what its merchant or exchange asks for."),
};

interface EclipseOptions extends IsolationOptions {
  readonly inside: string;
  readonly outside: readonly string[];
  readonly conflictAt: string;
}

const eclipseSchema: z.ZodType<EclipseOptions> = z.strictObject({
  ...payment,
  inside: nodeName.describe("The attacker's node, the only one the victim can see; what it mines is all there is."),
  outside: nodeList.describe("All nodes that the victim and `inside` are cut off from."),
  conflictAt: nodeName.describe("Where the conflicting transaction is announced, among the miners outside."),
});

const ISOLATION_RESULTS: readonly string[] = [
  ...HEIST_RESULTS,
  "accepted",
  "depth",
  "insideBlocks",
  "outsideBlocks",
  "cutMs",
  "failed",
];

/**
 * Eclipse attack (E. Heilman, A. Kendler, A. Zohar, S. Goldberg, USENIX Security 2015): all links of the victim end at the
 * attacker, who shows it only the blocks that he mines with whatever hash power he has. It accepts a payment there while
 * the same coins move outside; then it is let go and reorganises. How the links were won is assumed.
 * Payments: `NAME.pay`, `NAME.refund`.
 * Result: see {@link HeistTally.summary}; `accepted`, `depth` (the victim's reorganisation when it is let go),
 * `insideBlocks`, `outsideBlocks` mined meanwhile, `cutMs` (how long).
 */
export const eclipseAttacker: ActorKind = defineActor({
  description: "Cuts a victim off from everybody else, pays it there, spends the coins outside, and lets go.",
  payments: ["pay", "refund"],
  results: ISOLATION_RESULTS,
  schema: eclipseSchema,
  create: (options, setup) => {
    const victimNode = nodeOfWallet(setup, options.victim);
    const inside = [...new Set([victimNode, options.inside])];
    const outside = options.outside.filter((node) => !inside.includes(node));
    return new Isolation(options, setup, {
      victimNode,
      inside,
      outside,
      conflictAt: options.conflictAt,
      delay: undefined,
    });
  },
});

interface BalanceOptions extends IsolationOptions {
  readonly node: string;
  readonly theirs: readonly string[];
  readonly ours: readonly string[];
  readonly delay?: number | undefined;
}

const balanceSchema: z.ZodType<BalanceOptions> = z.strictObject({
  ...payment,
  node: nodeName.describe("The attacker's hash power: it mines with `ours`."),
  theirs: nodeList.describe("The group that the victim's node is in."),
  ours: nodeList.describe("The other group, of about the same hash power; the conflicting transaction goes there."),
  delay: durationMs.optional().describe("How long messages between the groups take. Default: they are cut."),
});

/**
 * Balance attack (C. Natoli, V. Gramoli, The Balance Attack Against Proof-of-Work Blockchains, 2016, arXiv:1612.09426):
 * delays messages between groups of about equal power, so that two branches grow alike, and tips the balance with little
 * power of his own. The victim's group confirms the payment; the other one, with the attacker, outgrows it.
 * Payments: `NAME.pay`, `NAME.refund`. Result: as of the eclipse, `insideBlocks` being those of the victim's group.
 */
export const balanceAttacker: ActorKind = defineActor({
  description: "Delays messages between two groups of equal power and adds its own power to one of them.",
  payments: ["pay", "refund"],
  results: ISOLATION_RESULTS,
  schema: balanceSchema,
  create: (options, setup) => {
    const victimNode = nodeOfWallet(setup, options.victim);
    const outside = [...new Set([options.node, ...options.ours])];
    const inside = options.theirs.filter((node) => !outside.includes(node));
    return new Isolation(options, setup, {
      victimNode,
      inside,
      outside,
      conflictAt: options.node,
      delay: options.delay,
    });
  },
});

interface Sides {
  readonly victimNode: NodeName;
  /** Nodes on the victim's side. */
  readonly inside: readonly NodeName[];
  readonly outside: readonly NodeName[];
  readonly conflictAt: NodeName;
  /** Latency between the sides; undefined: cut. */
  readonly delay: number | undefined;
}

type Phase = "cut" | "waiting" | "let-go" | "over";

class Isolation implements Actor {
  readonly #options: IsolationOptions;
  readonly #sides: Sides;
  readonly #name: string;
  readonly #scenario: Scenario;
  readonly #confirmations: number;
  readonly #tally = new HeistTally();
  #context!: ActorContext;
  #turns!: Turns;
  #phase: Phase = "cut";
  #pay: Txid | undefined;
  #refund: Txid | undefined;
  #accepted = false;
  #depth = 0;
  #cutAt = { ms: 0, height: 0 };
  #blocks = { inside: 0, outside: 0, ms: 0 };
  #failed: string | undefined;

  constructor(options: IsolationOptions, setup: ActorSetup, sides: Sides) {
    this.#options = options;
    this.#sides = sides;
    this.#name = setup.name;
    this.#scenario = setup.scenario;
    this.#confirmations = options.confirmations ?? confirmationsAskedBy(setup, options.victim) ?? USUAL_CONFIRMATIONS;
  }

  start(context: ActorContext): void {
    this.#context = context;
    this.#turns = new Turns({ context, decide: () => this.#decide(), refused: (...why) => this.#refused(...why) });
    this.#turns.take();
  }

  observe(event: WorldEvent): void {
    const { victimNode, conflictAt } = this.#sides;
    if (event.node !== victimNode && event.node !== conflictAt) return;
    if (event.type === "reorg" && event.node === victimNode && this.#phase === "let-go") {
      this.#depth = Math.max(this.#depth, event.depth);
    }
    this.#turns.take();
  }

  done(): boolean {
    return this.#failed !== undefined || this.#phase === "over";
  }

  result(): { readonly [field: string]: JsonValue } {
    return {
      ...this.#tally.summary(),
      accepted: this.#accepted,
      depth: this.#depth,
      insideBlocks: this.#blocks.inside,
      outsideBlocks: this.#blocks.outside,
      cutMs: this.#blocks.ms,
      failed: this.#failed ?? null,
    };
  }

  #decide(): readonly Order[] {
    switch (this.#phase) {
      case "cut":
        return this.#failed === undefined ? this.#cut() : [];
      case "waiting":
        return this.#wait();
      case "let-go":
        return this.#judge();
      case "over":
        return [];
    }
  }

  #cut(): readonly Order[] {
    const { inside, outside, victimNode, conflictAt, delay } = this.#sides;
    const { wallet, victim, amount } = this.#options;
    const { views, nowMs } = this.#context;
    this.#phase = "waiting";
    this.#cutAt = { ms: nowMs(), height: views.tip(victimNode).height };
    const [pay, refund] = [`${this.#name}.pay`, `${this.#name}.refund`];
    return [
      ...linksBetween(this.#scenario, inside, outside, delay === undefined ? { up: false } : { latencyMs: delay }),
      {
        command: { kind: "pay", payment: pay, from: wallet, to: victim, amount, into: "hold" },
        done: ({ txid }) => {
          this.#pay = txid ?? views.txid(pay);
        },
      },
      { command: { kind: "announce", payment: pay, at: victimNode } },
      {
        command: { kind: "double-spend", payment: refund, of: pay, into: { mempoolOf: conflictAt } },
        done: ({ txid }) => {
          this.#refund = txid ?? views.txid(refund);
        },
      },
    ];
  }

  /** Lets go once the victim has delivered, the coins have moved outside, and the outside chain is the longer one. */
  #wait(): readonly Order[] {
    const { views, nowMs } = this.#context;
    const { victimNode, conflictAt, inside, outside } = this.#sides;
    if (this.#pay === undefined || this.#refund === undefined) return [];
    if (views.confirmations(victimNode, this.#pay) >= Math.max(1, this.#confirmations)) this.#accepted = true;
    const [inner, outer] = [views.tip(victimNode).height, views.tip(conflictAt).height];
    if (!this.#accepted || outer <= inner || views.confirmations(conflictAt, this.#refund) === 0) return [];
    this.#phase = "let-go";
    const { height, ms } = this.#cutAt;
    this.#blocks = { inside: inner - height, outside: outer - height, ms: nowMs() - ms };
    return restoreLinks(this.#scenario, inside, outside);
  }

  #judge(): readonly Order[] {
    const { views } = this.#context;
    const { victimNode } = this.#sides;
    const { pay, refund } = { pay: this.#pay, refund: this.#refund };
    if (refund !== undefined && views.confirmations(victimNode, refund) > 0) {
      this.#phase = "over";
      this.#tally.won(this.#options.amount);
    } else if (pay !== undefined && views.confirmations(this.#sides.conflictAt, pay) > 0) {
      this.#phase = "over";
      this.#tally.lost();
    }
    return [];
  }

  #refused(command: Command, reason: string): void {
    this.#failed = `${command.kind}: ${reason}`;
    this.#context.note(this.#sides.victimNode, `${this.#name}: ${command.kind} refused: ${reason}`);
  }
}
