/** What bitcoind does not have. Amounts are satoshis, times milliseconds. */
import { toHex } from "@forkyard/core/bytes/bytes";
import type { BlockHash, Txid } from "@forkyard/core/hash";
import { INVALID_PARAMETER, RpcError } from "../errors.ts";
import { isActive } from "../format/block-json.ts";
import { decodeTxHex } from "../format/decode-hex.ts";
import { workHex } from "../format/difficulty.ts";
import type { Json, JsonObject } from "../json/json.ts";
import type { LinkSetting, MineBranchRequest, MinedBranch } from "../lab-api.ts";
import {
  MAX_BLOCKED_PEERS,
  MAX_BRANCH_BLOCKS,
  MAX_BRANCH_TRANSACTIONS,
  MAX_LINK_LATENCY_MS,
  MAX_LINK_LOSS,
} from "../limits.ts";
import { type Method, method } from "../method.ts";
import {
  amount,
  anything,
  flag,
  hash,
  integer,
  type Kind,
  listOf,
  object,
  optional,
  readChecked,
  real,
  required,
  satoshisPerByte,
  text,
} from "../params.ts";
import type { BranchResult, DoubleSpendResult, StatusResult } from "../schema/results.ts";
import { blockWishes, readWishes } from "./block-wishes.ts";
import { entryOf, scriptOf } from "./lookups.ts";
import { walletOf } from "./wallet-of.ts";

const group = "Forkyard";

const status = method({
  name: "forkyard_status",
  group,
  about: "The node at a glance: name, identity, tip, peers, mempool, mining, wallets, coins.",
  params: {},
  handle: (_, { node }) => {
    const tip = node.chain.tip();
    const { count, total } = node.chain.coinTotals();
    const { name, chainId, peerId, mining, curve, grinder } = node.lab.status();
    return {
      name,
      network: node.params.name,
      chainId,
      peerId,
      addresses: node.peers.addresses(),
      height: tip.height,
      tip: tip.hash,
      chainWork: workHex(tip.chainWork),
      peers: node.peers.peers().length,
      mempool: node.mempool.totals().count,
      mining: { hashRate: mining.hashRate, hashes: mining.hashes, targetHashRate: mining.targetHashRate },
      curve,
      grinder,
      wallets: node.wallets.names(),
      coins: { count, total: Number(total) },
      prunedHeight: node.chain.prunedHeight() ?? null,
      events: node.events.latest(),
    } satisfies StatusResult;
  },
});

const setMining = method({
  name: "forkyard_setmining",
  group,
  about: "Sets the hash power that the node spends on mining.",
  params: {
    hashRate: optional(real, undefined, "Hashes a second; 0 pauses; left out: what the node was configured with"),
  },
  handle: ({ hashRate }, { node }) => {
    if (hashRate !== undefined && !(hashRate >= 0 && Number.isFinite(hashRate))) {
      throw new RpcError(INVALID_PARAMETER, "hashRate must be 0 or more hashes a second");
    }
    node.lab.setMining(hashRate);
    return null;
  },
});

const setBlockedPeers = method({
  name: "forkyard_setblockedpeers",
  group,
  about: "Cuts the node off from these peers, in both directions, and from no others; an empty list heals.",
  params: { peers: required(listOf(text), "libp2p peer ids") },
  handle: ({ peers }, { node }) => {
    if (peers.length > MAX_BLOCKED_PEERS) {
      throw new RpcError(INVALID_PARAMETER, `At most ${MAX_BLOCKED_PEERS} peers can be blocked`);
    }
    node.lab.setBlockedPeers(peers);
    return null;
  },
});

const setLinks = method({
  name: "forkyard_setlinks",
  group,
  about: "Slows links to peers down, away from this node; links that are not named are ordinary.",
  params: {
    links: required(
      listOf(object),
      '{ "peer", "latencyMs", "jitterMs", "bytesPerSecond", "loss" }, all but the peer optional',
    ),
  },
  handle: ({ links }, { node }) => {
    if (links.length > MAX_BLOCKED_PEERS) {
      throw new RpcError(INVALID_PARAMETER, `At most ${MAX_BLOCKED_PEERS} links can be set`);
    }
    node.lab.setLinks(links.map(readLink));
    return null;
  },
});

function readLink(link: JsonObject): LinkSetting {
  const number = (name: string, highest: number): number => {
    const value = link[name] === undefined ? 0 : readChecked(real, link[name], name);
    if (value >= 0 && value <= highest) return value;
    throw new RpcError(INVALID_PARAMETER, `${name} must be between 0 and ${highest}`);
  };
  const bytesPerSecond = number("bytesPerSecond", Number.MAX_SAFE_INTEGER);
  return {
    peer: readChecked(text, link.peer ?? null, "peer"),
    latencyMs: number("latencyMs", MAX_LINK_LATENCY_MS),
    jitterMs: number("jitterMs", MAX_LINK_LATENCY_MS),
    bytesPerSecond: bytesPerSecond === 0 ? undefined : bytesPerSecond,
    loss: number("loss", MAX_LINK_LOSS),
  };
}

const mineBranch = method({
  name: "forkyard_minebranch",
  group,
  heavy: true,
  about: "Mines a branch and withholds it: no peer hears of it until forkyard_publishbranch.",
  params: {
    forkPoint: required(hash<BlockHash>(), "Last block that it shares with the active chain"),
    blocks: required(integer, `How many, 1 to ${MAX_BRANCH_BLOCKS}`),
    transactions: optional(anything, "none", '"none", or a list of transactions in hexadecimal'),
    address: required(text, "Where the rewards go"),
    atFullPower: optional(flag, true, "Ignore the configured hash rate"),
    overtake: optional(flag, false, "Go on until it has more work than the node's tip"),
    wishes: blockWishes,
  },
  handle: async (args, { node, signal }) => {
    const { forkPoint, blocks, atFullPower, overtake } = args;
    const entry = entryOf(node, forkPoint);
    if (!isActive(node, entry)) throw new RpcError(INVALID_PARAMETER, "forkPoint is not on the active chain");
    if (blocks < 1 || blocks > MAX_BRANCH_BLOCKS) {
      throw new RpcError(INVALID_PARAMETER, `blocks must be between 1 and ${MAX_BRANCH_BLOCKS}`);
    }
    const scriptPubKey = scriptOf(node, args.address, "Error: Invalid address");
    const transactions = branchTransactions(args.transactions);
    const request = {
      forkPoint,
      blocks,
      transactions,
      scriptPubKey,
      atFullPower,
      overtake,
      signal,
      ...readWishes(args.wishes),
    };
    return branchResult(await node.lab.mineBranch(request));
  },
});

const extendBranch = method({
  name: "forkyard_extendbranch",
  group,
  heavy: true,
  about: "Puts more blocks on a withheld branch, and tells of these.",
  params: {
    branch: required(text, "As forkyard_minebranch named it"),
    blocks: optional(integer, 1, `How many, 1 to ${MAX_BRANCH_BLOCKS}`),
    transactions: optional(anything, "none", '"none", or a list of transactions in hexadecimal'),
    atFullPower: optional(flag, true, "Ignore the configured hash rate"),
    wishes: blockWishes,
  },
  handle: async ({ branch, blocks, transactions, atFullPower, wishes }, { node, signal }) => {
    const wanted = branchTransactions(transactions);
    const request = { branch, blocks, transactions: wanted, atFullPower, signal, ...readWishes(wishes) };
    return branchResult(await node.lab.extendBranch(request));
  },
});

function branchResult({ branch, blocks, chainWork }: MinedBranch): JsonObject {
  return {
    branch,
    blocks: blocks.map(({ hash: blockHash, height, txids }) => ({ hash: blockHash, height, txids })),
    chainWork: workHex(chainWork),
  } satisfies BranchResult;
}

const hexList: Kind<readonly string[]> = listOf(text);

function branchTransactions(given: Json): MineBranchRequest["transactions"] {
  if (given === "none") return "none";
  const hexes = readChecked(hexList, given, "transactions");
  if (hexes.length > MAX_BRANCH_TRANSACTIONS) {
    throw new RpcError(INVALID_PARAMETER, `A branch may be given ${MAX_BRANCH_TRANSACTIONS} transactions`);
  }
  return hexes.map((hex) => decodeTxHex(hex));
}

const publishBranch = method({
  name: "forkyard_publishbranch",
  group,
  about: "Connects a withheld branch, if it has the most work, and announces its blocks.",
  params: {
    branch: required(text, "As forkyard_minebranch named it"),
    blocks: optional(integer, undefined, "How many of those still withheld, oldest first; left out: all"),
  },
  handle: async ({ branch, blocks }, { node }) => {
    if (blocks !== undefined && blocks < 0) throw new RpcError(INVALID_PARAMETER, "blocks must be 0 or more");
    const { published } = await node.lab.publishBranch(branch, blocks);
    return { published };
  },
});

const doubleSpend = method({
  name: "forkyard_doublespend",
  group,
  about: "Makes a transaction that spends the inputs of an earlier payment back to its payer. It is not announced.",
  params: { txid: required(hash<Txid>(), "The payment of this wallet to contradict") },
  handle: async ({ txid }, context) => {
    const { tx, fee } = await walletOf(context).doubleSpend(txid);
    return { hex: toHex(tx.encode()), txid: tx.txid, fee: Number(fee) } satisfies DoubleSpendResult;
  },
});

const signPayment = method({
  name: "forkyard_signpayment",
  group,
  about: "Makes a payment of this wallet without announcing it.",
  params: {
    address: required(text, "Who is paid"),
    amount: required(amount, "Coins"),
    feeRate: optional(satoshisPerByte, undefined, "Satoshis per virtual byte"),
  },
  handle: async ({ address, amount: satoshis, feeRate }, context) => {
    const to = scriptOf(context.node, address, "Error: Invalid address");
    const rate = feeRate === undefined ? {} : { feeRate };
    const { tx, fee } = await walletOf(context).sign({ to, amount: satoshis, subtractFee: false, ...rate });
    return { hex: toHex(tx.encode()), txid: tx.txid, fee: Number(fee) } satisfies DoubleSpendResult;
  },
});

export const forkyardMethods: readonly Method[] = [
  status,
  setMining,
  setBlockedPeers,
  setLinks,
  mineBranch,
  extendBranch,
  publishBranch,
  doubleSpend,
  signPayment,
];
