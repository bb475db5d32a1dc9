import type { Txid } from "@forkyard/core/hash";
import { INVALID_ADDRESS_OR_KEY, INVALID_PARAMETER, RpcError } from "../errors.ts";
import { mempoolEntryJson } from "../format/mempool-json.ts";
import { coins, type JsonObject } from "../json/json.ts";
import { type Method, method } from "../method.ts";
import type { MempoolEntryView, NodeApi } from "../node-api.ts";
import { flag, hash, integer, optional, required, text } from "../params.ts";

const group = "Blockchain";
const txid = required(hash<Txid>(), "The transaction's id; it must be in the mempool");

const getRawMempool = method({
  name: "getrawmempool",
  group,
  about: "Ids of all transactions in the mempool, or an object with an entry for each.",
  params: { verbose: optional(flag, false, "true for the object") },
  handle: ({ verbose }, { node }) => listOrEntries(node, node.mempool.txids(), verbose),
});

const getMempoolEntry = method({
  name: "getmempoolentry",
  group,
  about: "What the mempool knows of one transaction: size, fee, ancestors and descendants.",
  params: { txid },
  handle: (args, { node }) => mempoolEntryJson(node.mempool, entryOf(node, args.txid)),
});

const getMempoolAncestors = method({
  name: "getmempoolancestors",
  group,
  about: "Unconfirmed transactions that this one needs, directly or not.",
  params: { txid, verbose: optional(flag, false, "true for an object with an entry for each") },
  handle: (args, { node }) => {
    entryOf(node, args.txid);
    return listOrEntries(node, node.mempool.ancestors(args.txid), args.verbose);
  },
});

const getMempoolDescendants = method({
  name: "getmempooldescendants",
  group,
  about: "Unconfirmed transactions that need this one, directly or not.",
  params: { txid, verbose: optional(flag, false, "true for an object with an entry for each") },
  handle: (args, { node }) => {
    entryOf(node, args.txid);
    return listOrEntries(node, node.mempool.descendants(args.txid), args.verbose);
  },
});

const getMempoolInfo = method({
  name: "getmempoolinfo",
  group,
  about: "Size and limits of the mempool. Rates are in coins per 1000 virtual bytes.",
  params: {},
  handle: (_, { node }) => {
    const totals = node.mempool.totals();
    return {
      loaded: true,
      size: totals.count,
      bytes: totals.virtualBytes,
      usage: totals.usageBytes,
      total_fee: coins(totals.totalFees),
      maxmempool: totals.maxBytes,
      mempoolminfee: coins(totals.minFeeRate),
      minrelaytxfee: coins(totals.minRelayFeeRate),
      incrementalrelayfee: coins(totals.incrementalFeeRate),
      fullrbf: true,
    };
  },
});

const MAX_CONFIRMATION_TARGET = 1008;
const ESTIMATE_MODES: ReadonlySet<string> = new Set(["unset", "economical", "conservative"]);

const estimateSmartFee = method({
  name: "estimatesmartfee",
  group: "Util",
  about:
    "Fee rate for confirmation within a number of blocks. This node gathers no fee statistics, so it answers as bitcoind does without data; use the rates of getmempoolinfo.",
  params: {
    conf_target: required(integer, "Blocks, 1 to 1008"),
    estimate_mode: optional(text, "economical", "unset, economical or conservative"),
  },
  handle: ({ conf_target: target, estimate_mode: mode }) => {
    if (target < 1 || target > MAX_CONFIRMATION_TARGET) {
      throw new RpcError(INVALID_PARAMETER, `Invalid conf_target, must be between 1 and ${MAX_CONFIRMATION_TARGET}`);
    }
    if (!ESTIMATE_MODES.has(mode.toLowerCase())) {
      throw new RpcError(
        INVALID_PARAMETER,
        'Invalid estimate_mode parameter, must be one of: "unset", "economical", "conservative"',
      );
    }
    return { errors: ["Insufficient data or no feerate found"], blocks: target };
  },
});

function listOrEntries(node: NodeApi, txids: readonly Txid[], verbose: boolean): readonly Txid[] | JsonObject {
  if (!verbose) return txids;
  const entries: Record<string, JsonObject> = {};
  for (const id of txids) entries[id] = mempoolEntryJson(node.mempool, entryOf(node, id));
  return entries;
}

function entryOf(node: NodeApi, id: Txid): MempoolEntryView {
  const entry = node.mempool.entry(id);
  if (entry === undefined) throw new RpcError(INVALID_ADDRESS_OR_KEY, "Transaction not in mempool");
  return entry;
}

export const mempoolMethods: readonly Method[] = [
  getRawMempool,
  getMempoolEntry,
  getMempoolAncestors,
  getMempoolDescendants,
  getMempoolInfo,
  estimateSmartFee,
];
