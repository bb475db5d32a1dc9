import type { Txid } from "@forkyard/core/hash";
import { z } from "zod";
import type { Actor, ActorContext } from "../run/actor.ts";
import type { ActorKind, ActorSetup } from "../run/actor-kind.ts";
import type { JsonValue } from "../run/result.ts";
import type { Scenario } from "../scenario/model.ts";
import { nodeName, satoshis, walletName } from "../scenario/values.ts";
import type { Command } from "../world/command.ts";
import type { WorldEvent } from "../world/event.ts";
import type { NodeName } from "../world/world.ts";
import { defineActor } from "./define-actor.ts";
import { HEIST_RESULTS, HeistTally } from "./heist-tally.ts";
import { ReorgWatch } from "./reorg-watch.ts";
import { nodeOfWallet } from "./scenario-facts.ts";
import { SecretBranch } from "./secret-branch.ts";
import { subsidiesOf } from "./subsidies.ts";
import { type Order, Turns } from "./turns.ts";

const MAX_ROUNDS = 100_000;
/** Blocks above the fork after which a round is decided. */
const DECIDED_BLOCKS = 2;

interface Vector76Options {
  readonly wallet: string;
  readonly node?: string | undefined;
  readonly victim: string;
  readonly listener?: string | undefined;
  readonly conflictAt: string;
  readonly amount: bigint;
  readonly rounds: number;
  readonly untilSuccess: boolean;
}

const schema: z.ZodType<Vector76Options> = z.strictObject({
  wallet: walletName.describe("Whose coins are spent twice."),
  node: nodeName.optional().describe("Who holds the block, with a fast link to the victim. Default: the wallet's."),
  victim: walletName.describe("The wallet that is paid; its node must see the held block before the public one."),
  listener: nodeName
    .optional()
    .describe("A node of his near the miners, that tells him of their block. Default: `node`, which passes it on too."),
  conflictAt: nodeName.describe("Where the conflicting transaction is announced: among the miners."),
  amount: satoshis.describe("What is paid in each round."),
  rounds: z.int().min(1).max(MAX_ROUNDS).default(1).describe("How often it tries."),
  untilSuccess: z.boolean().default(false).describe("Stops after the first round that succeeds."),
});

/**
 * Vector76 attack (user vector76 on bitcointalk, August 2011, topic 36788): a race and a Finney attack together, against a
 * merchant who waits for one confirmation. The attacker holds a block with the payment; the moment that others find one of
 * the same height he shows his to the merchant first and announces the conflicting transaction to the miners, who build
 * on the other block.
 *
 * The held block is given to him at once in each round: finding one takes 1/share blocks of the whole net, which the
 * scenario does not wait for; its subsidy is counted as cost when it is lost.
 * Payments of round 1: `NAME.pay-1`, `NAME.refund-1`; branch `NAME.block-1`.
 * Result: see {@link HeistTally.summary}; `accepted`: rounds in which the merchant saw the confirmation.
 */
export const vector76Attacker: ActorKind = defineActor({
  description: "Shows a held block with the payment to the victim only, while the miners build on another one.",
  payments: ["pay-N", "refund-N"],
  branches: ["block-N"],
  results: [...HEIST_RESULTS, "accepted", "failed"],
  schema,
  create: (options, setup) => new Vector76Attacker(options, setup),
});

interface Round {
  readonly number: number;
  readonly branch: SecretBranch;
  pay: Txid | undefined;
  refund: Txid | undefined;
  published: boolean;
  accepted: boolean;
}

class Vector76Attacker implements Actor {
  readonly #options: Vector76Options;
  readonly #name: string;
  readonly #scenario: Scenario;
  readonly #node: NodeName;
  readonly #listener: NodeName;
  readonly #victimNode: NodeName;
  readonly #reorg: ReorgWatch;
  readonly #tally = new HeistTally();
  #context!: ActorContext;
  #turns!: Turns;
  #round: Round | undefined;
  #accepted = 0;
  #failed: string | undefined;

  constructor(options: Vector76Options, setup: ActorSetup) {
    this.#options = options;
    this.#name = setup.name;
    this.#scenario = setup.scenario;
    this.#node = options.node ?? nodeOfWallet(setup, options.wallet);
    this.#listener = options.listener ?? this.#node;
    this.#victimNode = nodeOfWallet(setup, options.victim);
    this.#reorg = new ReorgWatch(this.#victimNode);
  }

  start(context: ActorContext): void {
    this.#context = context;
    this.#turns = new Turns({ context, decide: () => this.#decide(), refused: (...why) => this.#refused(...why) });
    this.#turns.take();
  }

  observe(event: WorldEvent): void {
    if (![this.#node, this.#listener, this.#victimNode].includes(event.node)) return;
    this.#reorg.observe(event);
    this.#round?.branch.grownBy(event);
    this.#turns.take();
  }

  done(): boolean {
    if (this.#failed !== undefined || this.#tally.rounds >= this.#options.rounds) return true;
    return this.#options.untilSuccess && this.#tally.successes > 0;
  }

  result(): { readonly [field: string]: JsonValue } {
    return { ...this.#tally.summary(), accepted: this.#accepted, failed: this.#failed ?? null };
  }

  #decide(): readonly Order[] {
    if (this.done() || !this.#reorg.settled) return [];
    const round = this.#round;
    const { views } = this.#context;
    if (round === undefined) return this.#hasHeardAll() ? this.#begin() : [];
    const held = round.branch.blocks[0];
    if (round.pay === undefined || round.refund === undefined || held === undefined) return [];
    if (views.confirmations(this.#victimNode, round.pay) > 0) round.accepted = true;
    if (round.published) return this.#judge(round);
    if (views.tip(this.#listener).height <= round.branch.fork.height) return [];
    round.published = true;
    return [...round.branch.publishUpTo(1), this.#announceConflict(round), round.branch.abandon()];
  }

  /** Its own node is up to date. */
  #hasHeardAll(): boolean {
    const { views } = this.#context;
    return views.tip(this.#node).height >= views.tip(this.#listener).height;
  }

  #begin(): readonly Order[] {
    const { wallet, victim, amount } = this.#options;
    const number = this.#tally.rounds + 1;
    const branch = new SecretBranch(this.#node, `${this.#name}.block-${number}`, this.#context.views.tip(this.#node));
    const round: Round = { number, branch, pay: undefined, refund: undefined, published: false, accepted: false };
    this.#round = round;
    const [payment, refund] = [`${this.#name}.pay-${number}`, `${this.#name}.refund-${number}`];
    return [
      branch.open(),
      {
        command: { kind: "pay", payment, from: wallet, to: victim, amount, into: { branch: branch.name } },
        done: ({ txid }) => {
          round.pay = txid ?? this.#context.views.txid(payment);
        },
      },
      {
        command: { kind: "double-spend", payment: refund, of: payment, into: "hold" },
        done: ({ txid }) => {
          round.refund = txid ?? this.#context.views.txid(refund);
        },
      },
      { command: { kind: "mine", node: this.#node, blocks: 1, branch: branch.name } },
    ];
  }

  #announceConflict({ number }: Round): Order {
    const { conflictAt } = this.#options;
    return { command: { kind: "announce", payment: `${this.#name}.refund-${number}`, at: conflictAt } };
  }

  #judge(round: Round): readonly Order[] {
    const { views } = this.#context;
    const { branch, refund } = round;
    const tip = views.tip(this.#victimNode);
    if (tip.height < branch.fork.height + DECIDED_BLOCKS) return [];
    const reversed = refund !== undefined && views.confirmations(this.#victimNode, refund) > 0;
    const kept = round.pay !== undefined && views.confirmations(this.#victimNode, round.pay) > 0;
    if (!reversed && !kept) return [];
    if (round.accepted) this.#accepted += 1;
    if (round.accepted && reversed) this.#tally.won(this.#options.amount);
    else this.#tally.lost();
    if (!kept) this.#tally.spent(branch.blocks.length, subsidiesOf(branch.blocks, this.#scenario));
    this.#round = undefined;
    return this.#decide();
  }

  #refused(command: Command, reason: string): void {
    this.#context.note(this.#node, `${this.#name}: ${command.kind} refused: ${reason}`);
    // A miner that already has the payment's block refuses the conflict; the round is then decided by the race alone.
    if (command.kind !== "announce") this.#failed = `${command.kind}: ${reason}`;
  }
}
