import { InputError } from "@forkyard/core/errors";
import { MAX_SCRIPT_BYTES } from "@forkyard/core/limits";
import { classifyOutput } from "@forkyard/core/script/templates";
import type { Transaction, TransactionFields, TxOutput } from "@forkyard/core/tx";
import { formatCoins, isMoney, MAX_MONEY } from "@forkyard/core/units";
import type { OwnCoin } from "../ledger/own-coin.ts";
import { DUST_FEE_RATE, MAX_PAYMENT_FEE, MAX_PAYMENT_WEIGHT } from "../limits.ts";
import { type SelectableCoin, type Selection, selectCoins } from "./coin-selection.ts";
import { dustThreshold } from "./dust.ts";
import { feeRateOf } from "./fee.ts";

/** What a person asks for. */
export interface PaymentRequest {
  /** Output script of the recipient: `scriptOfAddress` of an address. */
  readonly to: Uint8Array;
  /** Satoshis. */
  readonly amount: bigint;
  /** Satoshis a virtual byte; the wallet's own choice when absent. */
  readonly feeRate?: number;
  /** Take the fee out of the amount instead of adding it. */
  readonly subtractFee?: boolean;
  /** Height or time before which the payment cannot be mined; 0 (at once) when absent. */
  readonly lockTime?: number;
}

/** A signed transaction of the wallet, not yet submitted. */
export interface Payment {
  readonly tx: Transaction;
  /** Satoshis to the miner. */
  readonly fee: bigint;
  /** Satoshis that come back to the wallet; 0 when there is no change output. */
  readonly change: bigint;
}

/** A coin of the wallet that may be spent now. */
export type PayingCoin = SelectableCoin & { readonly coin: OwnCoin };

export type PaymentPlan = Selection<PayingCoin>;

/** Final transactions of today: allows relative locks (BIP68), which the wallet does not use. */
const TX_VERSION = 2;
/** BIP125: signals that the transaction may be replaced; enables the lock time; no relative lock. */
export const SEQUENCE_REPLACEABLE = 0xfffffffd;

/**
 * Refuses what cannot be paid whatever coins there are.
 * @throws InputError for a recipient that nobody can spend, and for amounts that are not money or too small to relay
 */
export function checkRequest({ to, amount }: PaymentRequest): void {
  if (amount <= 0n) throw new InputError(`cannot pay ${formatCoins(amount)}: the amount must be more than nothing`);
  if (!isMoney(amount)) {
    throw new InputError(`cannot pay ${formatCoins(amount)}: there are only ${formatCoins(MAX_MONEY)} coins in all`);
  }
  const { type } = classifyOutput(to);
  if (type === "nonstandard" || type === "nulldata" || to.length > MAX_SCRIPT_BYTES) {
    throw new InputError("cannot pay to this script: nodes do not relay it or nobody could spend it; give an address");
  }
  refuseDust(amount, to, "it");
}

/** @throws InputError where the plan breaks a limit that the coins decide */
export function checkPlan(plan: PaymentPlan, to: Uint8Array): void {
  if (plan.weight > MAX_PAYMENT_WEIGHT) {
    throw new InputError(
      `this payment needs ${plan.coins.length} coins, more than fit into one transaction: pay less at a time`,
    );
  }
  if (plan.fee > MAX_PAYMENT_FEE) {
    throw new InputError(
      `the fee would be ${formatCoins(plan.fee)}, above the limit of ${formatCoins(MAX_PAYMENT_FEE)}: lower the fee rate`,
    );
  }
  refuseDust(plan.paid, to, `${formatCoins(plan.paid)} that are left after the fee`);
}

/** Chooses coins for a request; undefined when they are too few. */
export function planPayment(
  coins: readonly PayingCoin[],
  request: PaymentRequest,
  changeScript: Uint8Array,
): PaymentPlan | undefined {
  return selectCoins(coins, {
    amount: request.amount,
    subtractFee: request.subtractFee ?? false,
    recipientScriptBytes: request.to.length,
    changeScriptBytes: changeScript.length,
    changeDust: dustThreshold(changeScript),
    rate: feeRateOf(request.feeRate),
  });
}

/** The transaction of a plan, to be signed: the payment first, then the change. */
export function unsignedPayment(
  plan: PaymentPlan,
  request: PaymentRequest,
  changeScript: Uint8Array,
): TransactionFields {
  const outputs: TxOutput[] = [{ value: plan.paid, scriptPubKey: request.to }];
  if (plan.change > 0n) outputs.push({ value: plan.change, scriptPubKey: changeScript });
  return unsignedTransaction(
    plan.coins.map(({ coin }) => coin.outPoint),
    outputs,
    request.lockTime ?? 0,
  );
}

export function unsignedTransaction(
  spent: readonly OwnCoin["outPoint"][],
  outputs: readonly TxOutput[],
  lockTime: number,
): TransactionFields {
  const inputs = spent.map((prevout) => ({
    prevout,
    scriptSig: new Uint8Array(0),
    sequence: SEQUENCE_REPLACEABLE,
    witness: [],
  }));
  return { version: TX_VERSION, inputs, outputs, lockTime };
}

function refuseDust(amount: bigint, to: Uint8Array, what: string): void {
  const least = dustThreshold(to);
  if (amount >= least) return;
  throw new InputError(
    `cannot pay ${what === "it" ? formatCoins(amount) : what}: nodes do not relay outputs below ${formatCoins(least)} ` +
      `(dust at ${DUST_FEE_RATE} sat/vB)`,
  );
}
