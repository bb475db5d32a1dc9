import { z } from "zod";
import { MAX_CONFIRMATIONS } from "../odds/limits.ts";
import type { Actor, ActorContext } from "../run/actor.ts";
import type { ActorKind } from "../run/actor-kind.ts";
import type { JsonValue } from "../run/result.ts";
import type { Adjustment } from "../scenario/model.ts";
import { walletName } from "../scenario/values.ts";
import type { WorldEvent } from "../world/event.ts";
import type { NodeName } from "../world/world.ts";
import { USUAL_CONFIRMATIONS } from "./defaults.ts";
import { defineActor } from "./define-actor.ts";
import { DEPOSIT_RESULTS, DepositBook } from "./deposit-book.ts";
import { nodeOfWallet } from "./scenario-facts.ts";

interface MerchantOptions {
  readonly wallet: string;
  readonly confirmations: number;
}

const schema: z.ZodType<MerchantOptions> = z.strictObject({
  wallet: walletName.describe("The merchant's wallet; its node is the one that the merchant looks at."),
  confirmations: z
    .int()
    .min(0)
    .max(MAX_CONFIRMATIONS)
    .default(USUAL_CONFIRMATIONS)
    .describe("Blocks that a payment must be in before goods are handed over; 0: seen is enough."),
});

/**
 * Hands goods over for each payment that has enough confirmations, and cannot take them back.
 * Result: `deposits`, `accepted`, `acceptedSatoshis`, `firstAcceptedHeight` (null: none), `reversed` (accepted, and gone
 * from the chain and the mempool at the end), `reversedSatoshis`, `lossSatoshis` (goods given for those).
 */
export const merchant: ActorKind = defineActor({
  description: "Hands goods over after so many confirmations; counts what was reversed afterwards.",
  results: DEPOSIT_RESULTS,
  adjustable: true,
  schema,
  create: (options, setup) => new Merchant(options, setup.name, nodeOfWallet(setup, options.wallet)),
});

class Merchant implements Actor {
  readonly #name: string;
  readonly #node: NodeName;
  readonly #book: DepositBook;
  #context: ActorContext | undefined;
  #halted = false;

  constructor(options: MerchantOptions, name: string, node: NodeName) {
    this.#name = name;
    this.#node = node;
    this.#book = new DepositBook(options.wallet, node, options.confirmations);
  }

  start(context: ActorContext): void {
    this.#context = context;
  }

  observe(event: WorldEvent): void {
    if (event.type === "payment") this.#book.enter(event);
    const context = this.#context;
    if (context === undefined || (event.node !== this.#node && event.type !== "payment")) return;
    this.#handOver(context);
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
      context.note(this.#node, `${this.#name} ${halted ? "hands nothing over for now" : "hands goods over again"}`);
    }
    this.#handOver(context);
  }

  #handOver(context: ActorContext): void {
    if (this.#halted) return;
    for (const deposit of this.#book.accept(context.views)) {
      deposit.paidOut = deposit.amount;
      context.note(this.#node, `${this.#name} hands goods over for ${deposit.payment}`);
    }
  }

  done(): boolean {
    return true;
  }

  result(): { readonly [field: string]: JsonValue } {
    return this.#context === undefined ? {} : this.#book.summary(this.#context.views);
  }
}
