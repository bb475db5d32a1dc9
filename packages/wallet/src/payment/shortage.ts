import { InputError } from "@forkyard/core/errors";
import { formatCoins } from "@forkyard/core/units";
import { estimateWeight, feeForWeight, feeRateOf } from "./fee.ts";
import type { PayingCoin, PaymentRequest } from "./payment.ts";

/** Coins that cannot be spent yet, in satoshis. */
export interface WaitingCoins {
  /** Unconfirmed payments from others, and change that stands on too many unconfirmed payments. */
  readonly unconfirmed: bigint;
  readonly immature: bigint;
  /** Inputs of unconfirmed payments of the wallet itself. */
  readonly reserved: bigint;
}

/**
 * The one line for a payer who is short of coins: what is needed, what is there, and what is still on its way. It begins
 * with the words of bitcoind, which programs look for.
 */
export function shortOfCoins(
  request: PaymentRequest,
  spendable: readonly PayingCoin[],
  waiting: WaitingCoins,
): InputError {
  const there = spendable.reduce((sum, coin) => sum + coin.value, 0n);
  const shape = {
    inputs: spendable.length === 0 ? (["p2wpkh"] as const) : spendable.map((coin) => coin.template),
    outputScriptBytes: [request.to.length],
  };
  const fee = feeForWeight(estimateWeight(shape), feeRateOf(request.feeRate));
  const needed = request.subtractFee === true ? "" : ` and about ${formatCoins(fee)} for the fee`;
  const notYet = [
    [waiting.unconfirmed, "is unconfirmed"],
    [waiting.immature, "is immature (mined, too young to spend)"],
    [waiting.reserved, "is tied up in unconfirmed payments"],
  ] as const;
  const reasons = notYet
    .filter(([amount]) => amount > 0n)
    .map(([amount, reason]) => `, ${formatCoins(amount)} more ${reason}`);
  return new InputError(
    `Insufficient funds: ${formatCoins(request.amount)}${needed} needed, ${formatCoins(there)} can be spent${reasons.join("")}`,
  );
}
