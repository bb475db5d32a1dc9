import type { Txid } from "@forkyard/core/hash";
import { z } from "zod";
import type { Actor, ActorContext } from "../run/actor.ts";
import type { ActorKind, ActorSetup } from "../run/actor-kind.ts";
import type { JsonValue } from "../run/result.ts";
import { nodeName, satoshis, walletName } from "../scenario/values.ts";
import type { Command } from "../world/command.ts";
import type { WorldEvent } from "../world/event.ts";
import type { NodeName } from "../world/world.ts";
import { defineActor } from "./define-actor.ts";
import { HEIST_RESULTS, HeistTally } from "./heist-tally.ts";
import { nodeOfWallet } from "./scenario-facts.ts";
import { type Order, Turns } from "./turns.ts";

const MAX_ROUNDS = 100_000;
/** Blocks on top of one of the two transactions after which a round is decided. */
const DECIDED_CONFIRMATIONS = 2;

interface RaceAttackerOptions {
  readonly wallet: string;
  readonly victim: string;
  readonly conflictAt: string;
  readonly amount: bigint;
  readonly rounds: number;
}

const schema: z.ZodType<RaceAttackerOptions> = z.strictObject({
  wallet: walletName.describe("Whose coins are spent twice."),
  victim: walletName.describe("The wallet that is paid; the payment is announced at its node."),
  conflictAt: nodeName.describe("Where the conflicting transaction is announced at the same moment: near the miners."),
  amount: satoshis.describe("What is paid in each round."),
  rounds: z.int().min(1).max(MAX_ROUNDS).default(1).describe("How often it tries."),
});

/**
 * Race attack on a merchant who hands goods over unconfirmed (G. Karame, E. Androulaki, S. Capkun, Double-Spending Fast
 * Payments in Bitcoin, CCS 2012): the payment is announced at the merchant's node, a conflicting one at the same moment
 * where the miners are. Payments of round 1: `NAME.pay-1`, `NAME.refund-1`.
 * Result: see {@link HeistTally.summary}; `seen`: rounds in which the merchant's node had the payment in its mempool.
 */
export const raceAttacker: ActorKind = defineActor({
  description: "Announces a payment to a merchant and a conflicting one to the miners at the same moment.",
  payments: ["pay-N", "refund-N"],
  results: [...HEIST_RESULTS, "seen", "failed"],
  schema,
  create: (options, setup) => new RaceAttacker(options, setup),
});

interface Round {
  readonly number: number;
  pay: Txid | undefined;
  refund: Txid | undefined;
  announced: boolean;
  seen: boolean;
}

class RaceAttacker implements Actor {
  readonly #options: RaceAttackerOptions;
  readonly #name: string;
  readonly #victimNode: NodeName;
  readonly #tally = new HeistTally();
  #context!: ActorContext;
  #turns!: Turns;
  #round: Round | undefined;
  #started = 0;
  #seen = 0;
  #failed: string | undefined;

  constructor(options: RaceAttackerOptions, setup: ActorSetup) {
    this.#options = options;
    this.#name = setup.name;
    this.#victimNode = nodeOfWallet(setup, options.victim);
  }

  start(context: ActorContext): void {
    this.#context = context;
    this.#turns = new Turns({ context, decide: () => this.#decide(), refused: (...why) => this.#refused(...why) });
    this.#turns.take();
  }

  observe(event: WorldEvent): void {
    if (event.node === this.#victimNode) this.#turns.take();
  }

  done(): boolean {
    return this.#failed !== undefined || this.#tally.rounds >= this.#options.rounds;
  }

  result(): { readonly [field: string]: JsonValue } {
    return { ...this.#tally.summary(), seen: this.#seen, failed: this.#failed ?? null };
  }

  #decide(): readonly Order[] {
    if (this.done()) return [];
    const round = this.#round;
    if (round === undefined) return this.#begin();
    const { views } = this.#context;
    const { pay, refund } = round;
    if (!round.announced || pay === undefined || refund === undefined) return [];
    if (!round.seen && views.inMempool(this.#victimNode, pay)) round.seen = true;
    const [paid, refunded] = [pay, refund].map((txid) => views.confirmations(this.#victimNode, txid));
    if (Math.max(paid ?? 0, refunded ?? 0) < DECIDED_CONFIRMATIONS) return [];
    if (round.seen) this.#seen += 1;
    if (round.seen && (refunded ?? 0) > 0) this.#tally.won(this.#options.amount);
    else this.#tally.lost();
    this.#round = undefined;
    return this.#decide();
  }

  #begin(): readonly Order[] {
    const { wallet, victim, amount, conflictAt } = this.#options;
    this.#started += 1;
    const round: Round = { number: this.#started, pay: undefined, refund: undefined, announced: false, seen: false };
    this.#round = round;
    const [payment, refund] = [`${this.#name}.pay-${round.number}`, `${this.#name}.refund-${round.number}`];
    return [
      {
        command: { kind: "pay", payment, from: wallet, to: victim, amount, into: "hold" },
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
      { command: { kind: "announce", payment, at: this.#victimNode } },
      {
        command: { kind: "announce", payment: refund, at: conflictAt },
        done: () => {
          round.announced = true;
        },
      },
    ];
  }

  #refused(command: Command, reason: string): void {
    this.#failed = `${command.kind}: ${reason}`;
    this.#context.note(this.#victimNode, `${this.#name}: ${command.kind} refused: ${reason}`);
  }
}
