import { toHex } from "@forkyard/core/bytes/bytes";
import type { BlockHash, Txid } from "@forkyard/core/hash";
import { encodeHeader } from "@forkyard/core/header";
import { printable } from "@forkyard/core/printable";
import type { OutPoint } from "@forkyard/core/tx";
import { INVALID_PARAMETER, RpcError } from "../errors.ts";
import { type BlockTxDetail, blockJson, headerJson } from "../format/block-json.ts";
import { chainTipsJson } from "../format/chain-tips.ts";
import { difficultyOf, hex32, targetHex, workHex } from "../format/difficulty.ts";
import { scriptPubKeyJson } from "../format/script-json.ts";
import { coins, type Json } from "../json/json.ts";
import { type Method, method } from "../method.ts";
import { COIN_SET_HASH_TYPES, type NodeApi } from "../node-api.ts";
import { flag, hash, integer, optional, required, text, verbosity } from "../params.ts";
import { blockBytesOf, entryOf } from "./lookups.ts";

const group = "Blockchain";
const blockHash = required(hash<BlockHash>(), "The block's hash");

const getBlockchainInfo = method({
  name: "getblockchaininfo",
  group,
  about: "State of the chain: network, height, best block, difficulty, progress.",
  params: {},
  handle: (_, { node }) => {
    const { chain, params } = node;
    const tip = chain.tip();
    const headers = Math.max(chain.bestHeader().height, tip.height);
    return {
      chain: params.chain,
      blocks: tip.height,
      headers,
      bestblockhash: tip.hash,
      bits: hex32(tip.header.bits),
      target: targetHex(tip.header.bits),
      difficulty: difficultyOf(tip.header.bits),
      time: tip.header.time,
      mediantime: chain.medianTimePast(tip),
      verificationprogress: headers === 0 ? 1 : tip.height / headers,
      initialblockdownload: chain.initialBlockDownload(),
      chainwork: workHex(tip.chainWork),
      size_on_disk: chain.sizeOnDiskBytes(),
      ...pruning(chain.prunedHeight()),
      warnings: [],
    };
  },
});

/** bitcoind names the lowest block that is still complete. */
function pruning(prunedHeight: number | undefined): { readonly [key: string]: Json } {
  if (prunedHeight === undefined) return { pruned: false };
  return { pruned: true, pruneheight: prunedHeight === 0 ? 0 : prunedHeight + 1, automatic_pruning: true };
}

const getBlockCount = method({
  name: "getblockcount",
  group,
  about: "Height of the active chain; the genesis block has height 0.",
  params: {},
  handle: (_, { node }) => node.chain.tip().height,
});

const getBestBlockHash = method({
  name: "getbestblockhash",
  group,
  about: "Hash of the last block of the active chain.",
  params: {},
  handle: (_, { node }) => node.chain.tip().hash,
});

const getBlockHash = method({
  name: "getblockhash",
  group,
  about: "Hash of the block of the active chain at a height.",
  params: { height: required(integer, "Height in the active chain") },
  handle: ({ height }, { node }) => {
    const entry = height < 0 ? undefined : node.chain.entryAt(height);
    if (entry === undefined) throw new RpcError(INVALID_PARAMETER, "Block height out of range");
    return entry.hash;
  },
});

const getBlockHeader = method({
  name: "getblockheader",
  group,
  about:
    "A block header, as an object or as its 80 bytes in hexadecimal. Headers of side branches have -1 confirmations.",
  params: { blockhash: blockHash, verbose: optional(flag, true, "false for hexadecimal") },
  handle: ({ blockhash, verbose }, { node }) => {
    const entry = entryOf(node, blockhash);
    return verbose ? headerJson(node, entry) : toHex(encodeHeader(entry.header));
  },
});

const BLOCK_DETAILS: readonly BlockTxDetail[] = ["ids", "fees", "prevouts"];

const getBlock = method({
  name: "getblock",
  group,
  about: "A block: 0 in hexadecimal, 1 with txids, 2 with transactions and fees, 3 with spent outputs as well.",
  params: { blockhash: blockHash, verbosity: optional(verbosity, 1, "0, 1, 2 or 3", "verbose") },
  handle: ({ blockhash, verbosity: level }, { node }) => {
    const entry = entryOf(node, blockhash);
    const bytes = blockBytesOf(node, entry);
    if (level <= 0) return toHex(bytes);
    return blockJson(node, entry, bytes, BLOCK_DETAILS[Math.min(level, BLOCK_DETAILS.length) - 1] ?? "ids");
  },
});

const getChainTips = method({
  name: "getchaintips",
  group,
  about: "All known tips of the block tree, side branches included, with their true states.",
  params: {},
  handle: (_, { node }) => chainTipsJson(node),
});

const getDifficulty = method({
  name: "getdifficulty",
  group,
  about: "Difficulty of the last block as a multiple of the minimum.",
  params: {},
  handle: (_, { node }) => difficultyOf(node.chain.tip().header.bits),
});

const getTxOut = method({
  name: "gettxout",
  group,
  about: "An unspent output; null when it is spent or never was.",
  params: {
    txid: required(hash<Txid>(), "The transaction's id"),
    n: required(integer, "Index of the output"),
    include_mempool: optional(flag, true, "Look at the mempool too: what it spends counts as spent"),
  },
  handle: ({ txid, n, include_mempool: includeMempool }, { node }) => {
    const outPoint: OutPoint = { txid, vout: n };
    if (includeMempool && node.mempool.spender(outPoint) !== undefined) return null;
    return confirmedOutput(node, outPoint) ?? (includeMempool ? unconfirmedOutput(node, outPoint) : null);
  },
});

function confirmedOutput(node: NodeApi, outPoint: OutPoint): Json | undefined {
  const coin = node.chain.coin(outPoint);
  if (coin === undefined) return undefined;
  const tip = node.chain.tip();
  return {
    bestblock: tip.hash,
    confirmations: tip.height - coin.height + 1,
    value: coins(coin.output.value),
    scriptPubKey: scriptPubKeyJson(coin.output.scriptPubKey, node.params.addresses),
    coinbase: coin.coinbase,
  };
}

function unconfirmedOutput(node: NodeApi, outPoint: OutPoint): Json {
  const output = node.mempool.entry(outPoint.txid)?.tx.outputs[outPoint.vout];
  if (output === undefined) return null;
  return {
    bestblock: node.chain.tip().hash,
    confirmations: 0,
    value: coins(output.value),
    scriptPubKey: scriptPubKeyJson(output.scriptPubKey, node.params.addresses),
    coinbase: false,
  };
}

const getTxOutSetInfo = method({
  name: "gettxoutsetinfo",
  group,
  about: "How many unspent outputs there are, what they add up to, and a hash over them, as of the last block.",
  params: { hash_type: optional(text, "hash_serialized_3", COIN_SET_HASH_TYPES.join(", ")) },
  heavy: true,
  handle: async ({ hash_type: wanted }, { node }) => {
    const type = COIN_SET_HASH_TYPES.find((known) => known === wanted);
    if (type === undefined) throw new RpcError(INVALID_PARAMETER, `'${printable(wanted)}' is not a valid hash_type`);
    const info = await node.chain.coinSetInfo(type);
    return {
      height: info.height,
      bestblock: info.bestBlock,
      txouts: info.coins,
      bogosize: info.bogoSize,
      ...(info.hash !== undefined && { [type]: info.hash }),
      total_amount: coins(info.total),
      transactions: info.transactions,
      disk_size: node.chain.sizeOnDiskBytes(),
    };
  },
});

const getIndexInfo = method({
  name: "getindexinfo",
  group: "Util",
  about: "State of the optional indexes; this node has none.",
  params: { index_name: optional(text, "", "Only this index") },
  handle: () => ({}),
});

const invalidateBlock = method({
  name: "invalidateblock",
  group,
  heavy: true,
  about: "Holds a block and all that stand on it for invalid, whatever the rules say.",
  params: { blockhash: blockHash },
  handle: async ({ blockhash }, { node }) => {
    await node.lab.invalidate(entryOf(node, blockhash));
    return null;
  },
});

const reconsiderBlock = method({
  name: "reconsiderblock",
  group,
  heavy: true,
  about: "Takes invalidateblock back for a block, its ancestors and all that stand on it.",
  params: { blockhash: blockHash },
  handle: async ({ blockhash }, { node }) => {
    await node.lab.reconsider(entryOf(node, blockhash));
    return null;
  },
});

export const blockchainMethods: readonly Method[] = [
  getBlockchainInfo,
  getBlockCount,
  getBestBlockHash,
  getBlockHash,
  getBlockHeader,
  getBlock,
  getChainTips,
  getDifficulty,
  getTxOut,
  getTxOutSetInfo,
  invalidateBlock,
  reconsiderBlock,
  getIndexInfo,
];
