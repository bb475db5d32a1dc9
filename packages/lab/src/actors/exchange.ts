import { z } from "zod";
import { MAX_CONFIRMATIONS } from "../odds/limits.ts";
import type { Actor, ActorContext } from "../run/actor.ts";
import type { ActorKind, ActorSetup } from "../run/actor-kind.ts";
import type { JsonValue } from "../run/result.ts";
import type { Adjustment } from "../scenario/model.ts";
import { durationMs, walletName } from "../scenario/values.ts";
import type { WorldEvent } from "../world/event.ts";
import type { NodeName } from "../world/world.ts";
import { USUAL_CONFIRMATIONS } from "./defaults.ts";
import { defineActor } from "./define-actor.ts";
import { DEPOSIT_RESULTS, type Deposit, DepositBook } from "./deposit-book.ts";
import { nodeOfWallet } from "./scenario-facts.ts";

interface ExchangeOptions {
  readonly wallet: string;
  readonly confirmations: number;
  readonly withdrawAfter: number;
  readonly haltOnReorg?: number | undefined;
}

const schema: z.ZodType<ExchangeOptions> = z.strictObject({
  wallet: walletName.describe("The exchange's wallet; its node is the one that the exchange looks at."),
  confirmations: z
    .int()
    .min(0)
    .max(MAX_CONFIRMATIONS)
    .default(USUAL_CONFIRMATIONS)
    .describe("Blocks that a deposit must be in before it is credited."),
  withdrawAfter: durationMs
    .prefault("0s")
    .describe("How long after the credit the customer's withdrawal of another coin leaves."),
  haltOnReorg: z
    .int()
    .min(1)
    .max(MAX_CONFIRMATIONS)
    .optional()
    .describe("Withdrawals stop once the node has taken back so many blocks at once, until a step lets them go on."),
});

/**
 * Credits deposits after enough confirmations; the customer changes them into another coin and takes that out. What has
 * left cannot be taken back. Result: what a merchant gives, with `lossSatoshis` the withdrawals of deposits that are
 * reversed at the end, and `withdrawnSatoshis`, `savedSatoshis` (reversed before the withdrawal left), `halted`.
 */
export const exchange: ActorKind = defineActor({
  description: "Credits deposits after so many confirmations and lets another coin be withdrawn for them.",
  results: [...DEPOSIT_RESULTS, "withdrawnSatoshis", "savedSatoshis", "halted"],
  adjustable: true,
  schema,
  create: (options, setup) => new Exchange(options, setup),
});

class Exchange implements Actor {
  readonly #options: ExchangeOptions;
  readonly #name: string;
  readonly #node: NodeName;
  readonly #book: DepositBook;
  #context: ActorContext | undefined;
  #underWay = 0;
  #halted = false;
  /** Withdrawals that wait for the end of a halt. */
  readonly #held: Deposit[] = [];

  constructor(options: ExchangeOptions, setup: ActorSetup) {
    this.#options = options;
    this.#name = setup.name;
    this.#node = nodeOfWallet(setup, options.wallet);
    this.#book = new DepositBook(options.wallet, this.#node, options.confirmations);
  }

  start(context: ActorContext): void {
    this.#context = context;
  }

  observe(event: WorldEvent): void {
    if (event.type === "payment") this.#book.enter(event);
    const context = this.#context;
    if (context === undefined || (event.node !== this.#node && event.type !== "payment")) return;
    if (event.type === "reorg" && event.depth >= (this.#options.haltOnReorg ?? Number.POSITIVE_INFINITY)) {
      this.#halt(context, event.depth);
    }
    this.#credit(context);
  }

  adjust({ confirmations, halted }: Adjustment): void {
    const context = this.#context;
    if (context === undefined) return;
    if (confirmations !== undefined) {
      this.#book.confirmations = confirmations;
      context.note(this.#node, `${this.#name} asks for ${confirmations} confirmations from now on`);
    }
    if (halted !== undefined) {
      this.#halted = halted;
      context.note(this.#node, `${this.#name} ${halted ? "stops withdrawals" : "lets withdrawals go on"}`);
      if (!halted) for (const deposit of this.#held.splice(0)) this.#send(context, deposit);
    }
    this.#credit(context);
  }

  #credit(context: ActorContext): void {
    for (const deposit of this.#book.accept(context.views)) {
      context.note(this.#node, `${this.#name} credits ${deposit.payment}`);
      this.#underWay += 1;
      if (this.#options.withdrawAfter === 0) this.#payOut(context, deposit);
      else context.after(this.#options.withdrawAfter, () => this.#payOut(context, deposit));
    }
  }

  done(): boolean {
    return this.#underWay === 0;
  }

  result(): { readonly [field: string]: JsonValue } {
    const views = this.#context?.views;
    if (views === undefined) return {};
    const { deposits } = this.#book;
    const saved = deposits.filter((deposit) => deposit.paidOut === 0n && this.#book.isReversed(deposit, views));
    return {
      ...this.#book.summary(views),
      withdrawnSatoshis: Number(deposits.reduce((sum, { paidOut }) => sum + paidOut, 0n)),
      savedSatoshis: Number(saved.reduce((sum, { amount }) => sum + amount, 0n)),
      halted: this.#halted,
    };
  }

  #halt(context: ActorContext, depth: number): void {
    if (!this.#halted) context.note(this.#node, `${this.#name} stops withdrawals: ${depth} blocks were taken back`);
    this.#halted = true;
  }

  #payOut(context: ActorContext, deposit: Deposit): void {
    this.#underWay -= 1;
    if (this.#halted) this.#held.push(deposit);
    else this.#send(context, deposit);
  }

  #send(context: ActorContext, deposit: Deposit): void {
    if (this.#book.isReversed(deposit, context.views)) return;
    deposit.paidOut = deposit.amount;
    context.note(this.#node, `${this.#name} pays out for ${deposit.payment}`);
  }
}
