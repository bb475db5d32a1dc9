import type { Clock } from "@forkyard/core/ports/clock";
import type { Transaction } from "@forkyard/core/tx";
import { type MempoolContext, mempoolContext } from "@forkyard/mempool/context";
import type { AcceptResult, Mempool } from "@forkyard/mempool/mempool";
import type { Chain } from "../chain/chain.ts";

/** Told of every transaction that came in, before the caller of {@link TransactionIntake.accept} is. */
export interface IntakeListener {
  accepted(result: Extract<AcceptResult, { readonly status: "accepted" }>): void;
}

/** The door to the mempool: gives it the moment (tip, time), and tells the listener what came in. */
export class TransactionIntake {
  readonly #mempool: Mempool;
  readonly #chain: Chain;
  readonly #clock: Clock;
  readonly #listener: IntakeListener;

  constructor(mempool: Mempool, chain: Chain, clock: Clock, listener: IntakeListener) {
    this.#mempool = mempool;
    this.#chain = chain;
    this.#clock = clock;
    this.#listener = listener;
  }

  /**
   * @param sender who sent it; absent for one of our own
   * @throws RuleError when consensus or policy refuses it
   */
  accept(tx: Transaction, sender?: string): AcceptResult {
    const result = this.#mempool.accept(tx, this.context(sender));
    if (result.status === "accepted") this.#listener.accepted(result);
    return result;
  }

  /** The moment that transactions are judged by: the next block on the tip. */
  context(sender?: string): MempoolContext {
    return mempoolContext(this.#chain.tip, this.#chain.tree, this.#clock.nowMs(), sender);
  }
}
