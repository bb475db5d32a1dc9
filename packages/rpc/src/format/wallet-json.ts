/** A wallet's transactions in bitcoind's words: categories, signed amounts, confirmations. */
import { addressOf } from "@forkyard/core/address";
import { NULL_VOUT, type TxOutput } from "@forkyard/core/tx";
import { coins, type JsonObject } from "../json/json.ts";
import type { NodeApi } from "../node-api.ts";
import type { WalletApi, WalletTransaction } from "../wallet-api.ts";

/** Highest sequence that asks to be replaceable (BIP125). */
const MAX_BIP125_SEQUENCE = 0xfffffffd;

/** What a transaction means to a wallet, in satoshis. */
interface WalletAmounts {
  /** Spent and received by the wallet, change included. */
  readonly debit: bigint;
  readonly credit: bigint;
  /** Negative as bitcoind shows it; undefined unless all inputs are the wallet's. */
  readonly fee: bigint | undefined;
}

/** Blocks on top of its own, itself included; 0 while unconfirmed; negative below a confirmed transaction that conflicts. */
export function walletConfirmations(node: NodeApi, wallet: WalletApi, { block, conflicts }: WalletTransaction): number {
  const tipHeight = node.chain.tip().height;
  if (block !== undefined) return tipHeight - block.height + 1;
  const confirmedConflicts = conflicts
    .map((txid) => wallet.transaction(txid)?.block)
    .filter((place) => place !== undefined);
  const depths = confirmedConflicts.map((place) => tipHeight - place.height + 1);
  return depths.length === 0 ? 0 : -Math.max(...depths);
}

/** Members that `gettransaction` and each entry of `listtransactions` share. */
export function walletTxJson(node: NodeApi, wallet: WalletApi, transaction: WalletTransaction): JsonObject {
  const { tx, block, timeMs, conflicts, ownInputs, inMempool } = transaction;
  const confirmations = walletConfirmations(node, wallet, transaction);
  const blockEntry = block === undefined ? undefined : node.chain.entry(block.hash);
  const time = Math.floor(timeMs / 1000);
  return {
    confirmations,
    generated: tx.isCoinbase ? true : undefined,
    trusted: confirmations === 0 ? inMempool && ownInputs.every((output) => output !== undefined) : undefined,
    blockhash: block?.hash,
    blockheight: block?.height,
    blockindex: block?.index,
    blocktime: blockEntry?.header.time,
    txid: tx.txid,
    wtxid: tx.wtxid,
    walletconflicts: conflicts,
    time,
    timereceived: time,
    "bip125-replaceable":
      confirmations === 0 && tx.inputs.some((input) => input.sequence <= MAX_BIP125_SEQUENCE) ? "yes" : "no",
  };
}

/** The net amount without the fee, and the fee, as `gettransaction` shows them. */
export function walletAmountJson(wallet: WalletApi, transaction: WalletTransaction): JsonObject {
  const { debit, credit, fee } = amountsOf(wallet, transaction);
  return {
    amount: coins(credit - debit - (fee ?? 0n)),
    fee: fee === undefined ? undefined : coins(fee),
  };
}

/** One entry for each output that went to somebody and each that the wallet received, change left out. */
export function walletDetailsJson(node: NodeApi, wallet: WalletApi, transaction: WalletTransaction): JsonObject[] {
  const { debit, fee } = amountsOf(wallet, transaction);
  const received = receivedCategory(node, wallet, transaction);
  const details: JsonObject[] = [];
  transaction.tx.outputs.forEach((output, vout) => {
    const key = wallet.ownKey(output.scriptPubKey);
    if (debit > 0n && key?.isChange === true) return;
    const address = addressOf(output.scriptPubKey, node.params.addresses);
    if (debit > 0n) {
      const paid = { amount: coins(-output.value), vout, fee: fee === undefined ? undefined : coins(fee) };
      details.push({ address, category: "send", ...paid });
    }
    if (key !== undefined) details.push({ address, category: received, amount: coins(output.value), vout });
  });
  return details;
}

function receivedCategory(node: NodeApi, wallet: WalletApi, transaction: WalletTransaction): string {
  if (!transaction.tx.isCoinbase) return "receive";
  const confirmations = walletConfirmations(node, wallet, transaction);
  if (confirmations < 1) return "orphan";
  return confirmations > node.params.coinbaseMaturity ? "generate" : "immature";
}

function amountsOf(wallet: WalletApi, { tx, ownInputs }: WalletTransaction): WalletAmounts {
  const own = ownInputs.filter((output) => output !== undefined);
  const debit = sumOf(own);
  const credit = sumOf(tx.outputs.filter((output) => wallet.ownKey(output.scriptPubKey) !== undefined));
  const isAllOwn = own.length === tx.inputs.length && tx.inputs[0]?.prevout.vout !== NULL_VOUT;
  return { debit, credit, fee: isAllOwn ? sumOf(tx.outputs) - debit : undefined };
}

function sumOf(outputs: readonly TxOutput[]): bigint {
  return outputs.reduce((sum, output) => sum + output.value, 0n);
}
