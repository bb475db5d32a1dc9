import { blockFromBytes } from "@forkyard/core/block";
import { toHex } from "@forkyard/core/bytes/bytes";
import type { ChainEntry } from "@forkyard/core/chain";
import { isUnspendable } from "@forkyard/core/coins";
import type { BlockHash, Txid } from "@forkyard/core/hash";
import type { Transaction } from "@forkyard/core/tx";
import {
  ALREADY_IN_CHAIN,
  INVALID_ADDRESS_OR_KEY,
  INVALID_PARAMETER,
  RpcError,
  VERIFY_ERROR,
  VERIFY_REJECTED,
} from "../errors.ts";
import { confirmationsOf, isActive } from "../format/block-json.ts";
import { decodeTxHex } from "../format/decode-hex.ts";
import { SpentCoins } from "../format/spent-coins.ts";
import { txJson } from "../format/tx-json.ts";
import { coins, type Json, type JsonObject } from "../json/json.ts";
import { MAX_TEST_ACCEPT_TRANSACTIONS } from "../limits.ts";
import { type Method, method } from "../method.ts";
import type { NodeApi, RefusedTransaction } from "../node-api.ts";
import { amount, feeRate, hash, listOf, optional, required, text, verbosity } from "../params.ts";
import { blockBytesOf, entryOf } from "./lookups.ts";

const group = "Rawtransactions";
/** Satoshis per 1000 virtual bytes: 0.1 coins. */
const DEFAULT_MAX_FEE_RATE = 10_000_000n;
const maxFeeRate = optional(
  feeRate,
  DEFAULT_MAX_FEE_RATE,
  "Refuse to pay more, in coins per 1000 virtual bytes; 0 for any",
);

const getRawTransaction = method({
  name: "getrawtransaction",
  group,
  about: "A transaction of the mempool, or of the given block; there is no index over all transactions.",
  params: {
    txid: required(hash<Txid>(), "The transaction's id"),
    verbosity: optional(verbosity, 0, "0 in hexadecimal, 1 as an object, 2 with fee and spent outputs", "verbose"),
    blockhash: optional(hash<BlockHash>(), undefined, "The block it is in"),
  },
  handle: ({ txid, verbosity: level, blockhash }, { node }) => {
    if (txid === node.params.genesis.txs[0]?.txid) {
      throw new RpcError(
        INVALID_ADDRESS_OR_KEY,
        "The genesis block coinbase is not considered an ordinary transaction and cannot be retrieved",
      );
    }
    return blockhash === undefined
      ? unconfirmedTransaction(node, txid, level)
      : transactionOfBlock(node, txid, entryOf(node, blockhash, "Block hash not found"), level);
  },
});

function unconfirmedTransaction(node: NodeApi, txid: Txid, level: number): Json {
  const tx = node.mempool.entry(txid)?.tx;
  if (tx === undefined) {
    throw new RpcError(
      INVALID_ADDRESS_OR_KEY,
      "No such mempool transaction. Use -txindex or provide a block hash to enable blockchain transaction queries. Use gettransaction for wallet transactions.",
    );
  }
  if (level <= 0) return toHex(tx.encode());
  return txJson(tx, { prefixes: node.params.addresses, withHex: true });
}

function transactionOfBlock(node: NodeApi, txid: Txid, entry: ChainEntry, level: number): Json {
  const block = blockFromBytes(blockBytesOf(node, entry));
  const tx = block.txs.find((candidate) => candidate.txid === txid);
  if (tx === undefined) {
    throw new RpcError(
      INVALID_ADDRESS_OR_KEY,
      "No such transaction found in the provided block. Use gettransaction for wallet transactions.",
    );
  }
  if (level <= 0) return toHex(tx.encode());
  const undo = level >= 2 ? node.chain.undo(entry.hash) : undefined;
  const spent = undo === undefined ? undefined : new SpentCoins(block, entry.height, undo).of(tx);
  const detail = spent === undefined ? {} : { spent, withPrevouts: true };
  return {
    in_active_chain: isActive(node, entry),
    ...txJson(tx, { prefixes: node.params.addresses, withHex: true, ...detail }),
    ...placeJson(node, entry),
  };
}

/** bitcoind leaves the times out for a block that is not on the active chain. */
function placeJson(node: NodeApi, entry: ChainEntry): JsonObject {
  if (!isActive(node, entry)) return { blockhash: entry.hash, confirmations: 0 };
  return {
    blockhash: entry.hash,
    confirmations: confirmationsOf(node, entry),
    time: entry.header.time,
    blocktime: entry.header.time,
  };
}

const decodeRawTransaction = method({
  name: "decoderawtransaction",
  group,
  about: "Shows what a serialized transaction says; nothing about it is checked.",
  params: { hexstring: required(text, "The transaction in hexadecimal") },
  handle: ({ hexstring }, { node }) => txJson(decodeTxHex(hexstring), { prefixes: node.params.addresses }),
});

const sendRawTransaction = method({
  name: "sendrawtransaction",
  group,
  about: "Puts a signed transaction into the mempool and announces it to all peers; gives its id.",
  params: {
    hexstring: required(text, "The signed transaction in hexadecimal"),
    maxfeerate: maxFeeRate,
    maxburnamount: optional(amount, 0n, "Refuse to make provably unspendable outputs of more coins than this"),
  },
  handle: ({ hexstring, maxfeerate, maxburnamount }, { node }) => {
    const tx = decodeTxHex(hexstring);
    refuseBurning(tx, maxburnamount);
    refuseConfirmed(node, tx);
    refuseHighFee(node, tx, maxfeerate);
    const outcome = node.mempool.submit(tx);
    if (outcome.status === "refused" || outcome.status === "missing-inputs") throw refusalError(outcome);
    return tx.txid;
  },
});

function refuseBurning(tx: Transaction, maxBurn: bigint): void {
  if (tx.outputs.every((output) => output.value <= maxBurn || !isUnspendable(output.scriptPubKey))) return;
  throw new RpcError(VERIFY_ERROR, "Unspendable output exceeds maximum configured by user (maxburnamount)");
}

function refuseConfirmed(node: NodeApi, tx: Transaction): void {
  const isUnspent = tx.outputs.some((_, vout) => node.chain.coin({ txid: tx.txid, vout }) !== undefined);
  if (isUnspent) throw new RpcError(ALREADY_IN_CHAIN, "Transaction outputs already in utxo set");
}

/** A transaction whose fee cannot be known, because an input is missing, is refused by the mempool. */
function refuseHighFee(node: NodeApi, tx: Transaction, rate: bigint): void {
  if (rate === 0n || node.mempool.entry(tx.txid) !== undefined) return;
  const fee = feeOf(node, tx);
  if (fee === undefined || fee <= maxFee(tx, rate)) return;
  throw new RpcError(VERIFY_ERROR, "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)");
}

/** Satoshis; undefined when an input is neither a coin nor an output in the mempool. */
function feeOf(node: NodeApi, tx: Transaction): bigint | undefined {
  let fee = -tx.outputs.reduce((sum, { value }) => sum + value, 0n);
  for (const { prevout } of tx.inputs) {
    const spent = node.chain.coin(prevout)?.output ?? node.mempool.entry(prevout.txid)?.tx.outputs[prevout.vout];
    if (spent === undefined) return undefined;
    fee += spent.value;
  }
  return fee;
}

function maxFee(tx: Transaction, ratePerThousand: bigint): bigint {
  return (ratePerThousand * BigInt(tx.virtualSize)) / 1000n;
}

function refusalError(refused: RefusedTransaction): RpcError {
  return refused.status === "missing-inputs"
    ? new RpcError(VERIFY_ERROR, "bad-txns-inputs-missingorspent")
    : new RpcError(VERIFY_REJECTED, refused.details);
}

const testMempoolAccept = method({
  name: "testmempoolaccept",
  group,
  about: "Says of each transaction whether the mempool would take it now. Each is tested by itself, not as a package.",
  params: {
    rawtxs: required(listOf(text), `1 to ${MAX_TEST_ACCEPT_TRANSACTIONS} transactions in hexadecimal`),
    maxfeerate: maxFeeRate,
  },
  handle: ({ rawtxs, maxfeerate }, { node }) => {
    if (rawtxs.length < 1 || rawtxs.length > MAX_TEST_ACCEPT_TRANSACTIONS) {
      throw new RpcError(
        INVALID_PARAMETER,
        `Array must contain between 1 and ${MAX_TEST_ACCEPT_TRANSACTIONS} transactions.`,
      );
    }
    const txs = rawtxs.map((hex) =>
      decodeTxHex(hex, `TX decode failed: ${hex.slice(0, 100)} Make sure the tx has at least one input.`),
    );
    return txs.map((tx) => testJson(node, tx, maxfeerate));
  },
});

function testJson(node: NodeApi, tx: Transaction, rate: bigint): JsonObject {
  const ids = { txid: tx.txid, wtxid: tx.wtxid };
  const tested = node.mempool.test(tx);
  if (tested.status === "missing-inputs") return { ...ids, allowed: false, "reject-reason": "missing-inputs" };
  if (tested.status === "refused") {
    const { reason, details } = tested;
    return { ...ids, allowed: false, "reject-reason": reason, "reject-details": details };
  }
  if (rate !== 0n && tested.fee > maxFee(tx, rate)) {
    return { ...ids, allowed: false, "reject-reason": "max-fee-exceeded" };
  }
  const effectiveRate = (tested.fee * 1000n) / BigInt(tx.virtualSize);
  return {
    ...ids,
    allowed: true,
    vsize: tx.virtualSize,
    fees: {
      base: coins(tested.fee),
      "effective-feerate": coins(effectiveRate),
      "effective-includes": [tx.wtxid],
    },
  };
}

export const rawTransactionMethods: readonly Method[] = [
  getRawTransaction,
  decodeRawTransaction,
  sendRawTransaction,
  testMempoolAccept,
];
