import { InputError } from "@forkyard/core/errors";
import type { Transaction, TransactionFields, TxOutput } from "@forkyard/core/tx";
import { formatCoins } from "@forkyard/core/units";
import { MAX_PAYMENT_FEE, REPLACEMENT_FEE_RATE } from "../limits.ts";
import { spendTemplate } from "../signing/spend-template.ts";
import { dustThreshold } from "./dust.ts";
import { estimateWeight, feeForWeight, feeRateOf } from "./fee.ts";
import { unsignedTransaction } from "./payment.ts";

/** A replacement before it is signed. */
export interface ReplacementPlan {
  readonly unsigned: TransactionFields;
  readonly fee: bigint;
}

/**
 * A transaction that spends the same inputs as `original` and pays all of it to one script of the payer: the double
 * spend. Its fee also makes it a valid replacement in a mempool (BIP125 rules 3 and 4): what the original paid, and the
 * relay of the replacement on top.
 * @param spent what each input of `original` spends, in order; all the wallet's own
 * @param feeRate satoshis a virtual byte, in place of that: less may be refused as a replacement
 * @throws InputError when the fee would leave nothing worth an output
 */
export function planReplacement(
  original: Transaction,
  spent: readonly TxOutput[],
  to: Uint8Array,
  feeRate?: number,
): ReplacementPlan {
  const total = spent.reduce((sum, output) => sum + output.value, 0n);
  const originalFee = total - original.outputs.reduce((sum, output) => sum + output.value, 0n);
  const weight = estimateWeight({
    inputs: spent.map((output) => spendTemplate(output.scriptPubKey)),
    outputScriptBytes: [to.length],
  });
  const fee =
    feeRate === undefined
      ? originalFee + feeForWeight(weight, feeRateOf(REPLACEMENT_FEE_RATE))
      : feeForWeight(weight, feeRateOf(feeRate));
  const paid = total - fee;
  if (paid < dustThreshold(to)) {
    throw new InputError(`nothing is left to pay back: replacing ${original.txid} takes a fee of ${formatCoins(fee)}`);
  }
  if (fee > MAX_PAYMENT_FEE) {
    throw new InputError(`replacing ${original.txid} takes a fee of ${formatCoins(fee)}, above the wallet's limit`);
  }
  const prevouts = original.inputs.map((input) => input.prevout);
  return { unsigned: unsignedTransaction(prevouts, [{ value: paid, scriptPubKey: to }], 0), fee };
}
