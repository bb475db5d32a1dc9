import type { Txid } from "@forkyard/core/hash";
import type { ChainViews } from "../run/chain-views.ts";
import type { JsonValue } from "../run/result.ts";
import type { PaymentEvent } from "../world/event.ts";
import type { NodeName, PaymentName, WalletName } from "../world/world.ts";

export interface Deposit {
  readonly payment: PaymentName;
  readonly txid: Txid;
  /** Satoshis. */
  readonly amount: bigint;
  /** Height of the chain when it was accepted; undefined: not yet. */
  acceptedAt: number | undefined;
  /** What was handed over for it, satoshis. */
  paidOut: bigint;
}

/** Fields of {@link DepositBook.summary}. */
export const DEPOSIT_RESULTS: readonly string[] = [
  "deposits",
  "accepted",
  "acceptedSatoshis",
  "firstAcceptedHeight",
  "reversed",
  "reversedSatoshis",
  "lossSatoshis",
];

/** Payments to a wallet, accepted once they have enough confirmations on the chain of one node. */
export class DepositBook {
  readonly #wallet: WalletName;
  readonly #node: NodeName;
  /** Blocks that a payment must be in. */
  confirmations: number;
  readonly #deposits: Deposit[] = [];
  #waiting: Deposit[] = [];

  constructor(wallet: WalletName, node: NodeName, confirmations: number) {
    this.#wallet = wallet;
    this.#node = node;
    this.confirmations = confirmations;
  }

  get deposits(): readonly Deposit[] {
    return this.#deposits;
  }

  /** Notes a payment to this wallet. */
  enter(event: PaymentEvent): void {
    if (event.to !== this.#wallet) return;
    const deposit: Deposit = {
      payment: event.payment,
      txid: event.txid,
      amount: event.amount,
      acceptedAt: undefined,
      paidOut: 0n,
    };
    this.#deposits.push(deposit);
    this.#waiting.push(deposit);
  }

  /** Deposits that have become good since the last time; 0 confirmations: seen in the mempool is enough. */
  accept(views: ChainViews): readonly Deposit[] {
    if (this.#waiting.length === 0) return [];
    const good = this.#waiting.filter(({ txid }) => this.#isGood(txid, views));
    if (good.length === 0) return good;
    for (const deposit of good) deposit.acceptedAt = views.tip(this.#node).height;
    this.#waiting = this.#waiting.filter(({ acceptedAt }) => acceptedAt === undefined);
    return good;
  }

  /** Accepted, and now neither in a block of the chain nor waiting for one. */
  isReversed({ txid, acceptedAt }: Deposit, views: ChainViews): boolean {
    return (
      acceptedAt !== undefined && views.confirmations(this.#node, txid) === 0 && !views.inMempool(this.#node, txid)
    );
  }

  summary(views: ChainViews): { readonly [field: string]: JsonValue } {
    const accepted = this.#deposits.filter(({ acceptedAt }) => acceptedAt !== undefined);
    const reversed = accepted.filter((deposit) => this.isReversed(deposit, views));
    const lost = reversed.reduce((sum, { paidOut }) => sum + paidOut, 0n);
    return {
      deposits: this.#deposits.length,
      accepted: accepted.length,
      acceptedSatoshis: Number(accepted.reduce((sum, { amount }) => sum + amount, 0n)),
      firstAcceptedHeight: accepted[0]?.acceptedAt ?? null,
      reversed: reversed.length,
      reversedSatoshis: Number(reversed.reduce((sum, { amount }) => sum + amount, 0n)),
      lossSatoshis: Number(lost),
    };
  }

  #isGood(txid: Txid, views: ChainViews): boolean {
    const confirmations = views.confirmations(this.#node, txid);
    if (this.confirmations > 0) return confirmations >= this.confirmations;
    return confirmations > 0 || views.inMempool(this.#node, txid);
  }
}
