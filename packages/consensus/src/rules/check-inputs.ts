import type { Coin } from "@forkyard/core/coins";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { OutPoint, Transaction } from "@forkyard/core/tx";
import { isMoney } from "@forkyard/core/units";
import { ruleError } from "./codes.ts";

/**
 * Checks what a transaction spends against the coins (Bitcoin Core `CheckTxInputs`); for blocks and mempool alike.
 * The transaction must have passed `checkTransaction` and be no coinbase.
 * @param spendHeight height of the block that takes it in
 * @returns the fee in satoshis
 * @throws RuleError bad-txns-inputs-missingorspent, bad-txns-premature-spend-of-coinbase,
 * bad-txns-inputvalues-outofrange, bad-txns-in-belowout, bad-txns-fee-outofrange
 */
export function checkTxInputs(
  tx: Transaction,
  coinOf: (outPoint: OutPoint) => Coin | undefined,
  spendHeight: number,
  params: Pick<NetworkParams, "coinbaseMaturity">,
): bigint {
  return checkSpentCoins(tx, spentCoins(tx, coinOf), spendHeight, params);
}

/** The coins that a transaction spends, in the order of its inputs. @throws RuleError bad-txns-inputs-missingorspent */
export function spentCoins(tx: Transaction, coinOf: (outPoint: OutPoint) => Coin | undefined): Coin[] {
  return tx.inputs.map(({ prevout }) => {
    const coin = coinOf(prevout);
    if (coin === undefined) {
      throw ruleError("bad-txns-inputs-missingorspent", {
        txid: tx.txid,
        spentTxid: prevout.txid,
        spentVout: prevout.vout,
      });
    }
    return coin;
  });
}

/** {@link checkTxInputs} for coins that were looked up already. */
export function checkSpentCoins(
  tx: Transaction,
  coins: readonly Coin[],
  spendHeight: number,
  params: Pick<NetworkParams, "coinbaseMaturity">,
): bigint {
  const valueIn = sumOfInputs(tx, coins, spendHeight, params);
  const valueOut = sumOfOutputs(tx);
  if (valueIn < valueOut) {
    throw ruleError("bad-txns-in-belowout", { txid: tx.txid, valueIn: String(valueIn), valueOut: String(valueOut) });
  }
  const fee = valueIn - valueOut;
  if (!isMoney(fee)) throw ruleError("bad-txns-fee-outofrange", { txid: tx.txid, fee: String(fee) });
  return fee;
}

/** Satoshis in all outputs. */
export function sumOfOutputs(tx: Transaction): bigint {
  let sum = 0n;
  for (const { value } of tx.outputs) sum += value;
  return sum;
}

function sumOfInputs(
  tx: Transaction,
  coins: readonly Coin[],
  spendHeight: number,
  params: Pick<NetworkParams, "coinbaseMaturity">,
): bigint {
  let sum = 0n;
  for (const { output, height, coinbase } of coins) {
    if (coinbase && spendHeight - height < params.coinbaseMaturity) {
      throw ruleError("bad-txns-premature-spend-of-coinbase", { txid: tx.txid, depth: spendHeight - height });
    }
    sum += output.value;
    if (!isMoney(output.value) || !isMoney(sum)) throw ruleError("bad-txns-inputvalues-outofrange", { txid: tx.txid });
  }
  return sum;
}
