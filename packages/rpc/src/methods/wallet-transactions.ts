/** Paying, and what was paid. */
import { toHex } from "@forkyard/core/bytes/bytes";
import { InputError, RuleError } from "@forkyard/core/errors";
import type { Txid } from "@forkyard/core/hash";
import { printable } from "@forkyard/core/printable";
import {
  describeRejection,
  INVALID_ADDRESS_OR_KEY,
  INVALID_PARAMETER,
  RpcError,
  TYPE_ERROR,
  WALLET_ERROR,
  WALLET_INSUFFICIENT_FUNDS,
} from "../errors.ts";
import { txJson } from "../format/tx-json.ts";
import { walletAmountJson, walletDetailsJson, walletTxJson } from "../format/wallet-json.ts";
import type { JsonObject } from "../json/json.ts";
import { MAX_LISTED_TRANSACTIONS } from "../limits.ts";
import { type CallContext, type Method, method } from "../method.ts";
import { amount, flag, hash, integer, optional, required, satoshisPerByte, text } from "../params.ts";
import type { PaymentRequest, PaymentResult } from "../wallet-api.ts";
import { scriptOf } from "./lookups.ts";
import { walletOf } from "./wallet-of.ts";

const group = "Wallet";
const MAX_FEE_RATE_SAT_PER_VBYTE = 100_000;

const sendToAddress = method({
  name: "sendtoaddress",
  group,
  about: "Pays an address and announces the payment; gives its id.",
  params: {
    address: required(text, "Who is paid"),
    amount: required(amount, "Coins"),
    comment: optional(text, "", "Has no effect: comments are not kept"),
    comment_to: optional(text, "", "Has no effect: comments are not kept"),
    subtractfeefromamount: optional(flag, false, "The payee bears the fee"),
    replaceable: optional(flag, true, "Has no effect: every payment can be replaced, as in bitcoind since 28"),
    conf_target: optional(integer, undefined, "Has no effect without fee statistics"),
    estimate_mode: optional(text, "unset", "Has no effect without fee statistics"),
    avoid_reuse: optional(flag, false, "Has no effect"),
    fee_rate: optional(satoshisPerByte, undefined, "Satoshis per virtual byte"),
    verbose: optional(flag, false, "true for an object instead of the id"),
  },
  handle: async (args, context) => {
    const { address, amount: satoshis, fee_rate: feeRate, verbose } = args;
    const to = scriptOf(context.node, address, `Invalid Bitcoin address: ${printable(address)}`);
    if (satoshis === 0n) throw new RpcError(TYPE_ERROR, "Invalid amount for send");
    if (feeRate !== undefined && !(feeRate > 0 && feeRate <= MAX_FEE_RATE_SAT_PER_VBYTE)) {
      throw new RpcError(INVALID_PARAMETER, `fee_rate must be between 0 and ${MAX_FEE_RATE_SAT_PER_VBYTE} sat/vB`);
    }
    const rate = feeRate === undefined ? {} : { feeRate };
    const subtractFee = args.subtractfeefromamount;
    const { tx } = await payOrRefuse(context, { to, amount: satoshis, subtractFee, ...rate });
    return verbose ? { txid: tx.txid, fee_reason: feeRate === undefined ? "Fallback fee" : "fee_rate" } : tx.txid;
  },
});

async function payOrRefuse(context: CallContext, payment: PaymentRequest): Promise<PaymentResult> {
  const wallet = walletOf(context);
  try {
    return await wallet.send(payment);
  } catch (error) {
    // bitcoind has this one code for every payment that cannot be made: coins that are missing, dust, too long a chain.
    if (error instanceof InputError) throw new RpcError(WALLET_INSUFFICIENT_FUNDS, error.message);
    if (error instanceof RuleError) throw new RpcError(WALLET_ERROR, describeRejection(error));
    throw error;
  }
}

const listTransactions = method({
  name: "listtransactions",
  group,
  about: "The wallet's latest payments, oldest first, one entry for each output that matters.",
  params: {
    label: optional(text, "*", 'Only "*": labels are not supported'),
    count: optional(integer, 10, `How many, up to ${MAX_LISTED_TRANSACTIONS}`),
    skip: optional(integer, 0, "Leave out so many of the latest"),
    include_watchonly: optional(flag, true, "Has no effect: there are no watch-only addresses"),
  },
  handle: ({ label, count, skip }, context) => {
    if (label !== "*") throw new RpcError(INVALID_PARAMETER, "Labels are not supported");
    if (count < 0) throw new RpcError(INVALID_PARAMETER, "Negative count");
    if (skip < 0) throw new RpcError(INVALID_PARAMETER, "Negative from");
    return latestEntries(context, Math.min(count, MAX_LISTED_TRANSACTIONS), skip);
  },
});

/** Walks backwards, so that the work is bounded by what is asked for. */
function latestEntries(context: CallContext, count: number, skip: number): readonly JsonObject[] {
  const wallet = walletOf(context);
  const transactions = wallet.transactions();
  const newestFirst: JsonObject[] = [];
  for (let i = transactions.length - 1; i >= 0 && newestFirst.length < count + skip; i--) {
    const transaction = transactions[i];
    if (transaction === undefined) break;
    const shared = walletTxJson(context.node, wallet, transaction);
    const entries = walletDetailsJson(context.node, wallet, transaction).map((detail) => ({ ...detail, ...shared }));
    newestFirst.push(...entries.toReversed());
  }
  return newestFirst.slice(skip, skip + count).toReversed();
}

const getTransaction = method({
  name: "gettransaction",
  group,
  about: "A transaction of the wallet, also one that a reorganisation took back.",
  params: {
    txid: required(hash<Txid>(), "The transaction's id"),
    include_watchonly: optional(flag, true, "Has no effect: there are no watch-only addresses"),
    verbose: optional(flag, false, "true to decode it as well"),
  },
  handle: ({ txid, verbose }, context) => {
    const { node } = context;
    const wallet = walletOf(context);
    const transaction = wallet.transaction(txid);
    if (transaction === undefined) {
      throw new RpcError(INVALID_ADDRESS_OR_KEY, "Invalid or non-wallet transaction id");
    }
    const tip = node.chain.tip();
    return {
      ...walletAmountJson(wallet, transaction),
      ...walletTxJson(node, wallet, transaction),
      details: walletDetailsJson(node, wallet, transaction),
      hex: toHex(transaction.tx.encode()),
      decoded: verbose ? txJson(transaction.tx, { prefixes: node.params.addresses }) : undefined,
      lastprocessedblock: { hash: tip.hash, height: tip.height },
    };
  },
});

export const walletTransactionMethods: readonly Method[] = [sendToAddress, listTransactions, getTransaction];
