import { type Block, decodeBlock, encodeBlock } from "@forkyard/core/block";
import { toHex } from "@forkyard/core/bytes/bytes";
import { ByteReader } from "@forkyard/core/bytes/reader";
import { RuleError } from "@forkyard/core/errors";
import { type BlockHash, isHashString, type Txid } from "@forkyard/core/hash";
import { decodeHeader } from "@forkyard/core/header";
import type { Transaction } from "@forkyard/core/tx";
import { describeRejection, INVALID_ADDRESS_OR_KEY, INVALID_PARAMETER, RpcError, VERIFY_ERROR } from "../errors.ts";
import { blockTemplateJson } from "../format/block-template-json.ts";
import { withWitnessNonce } from "../format/coinbase-witness.ts";
import { decodeHex, decodeTxHex } from "../format/decode-hex.ts";
import { difficultyOf, hex32, networkHashRate, targetHex } from "../format/difficulty.ts";
import type { Json } from "../json/json.ts";
import { DEFAULT_MAX_TRIES, MAX_GENERATE_BLOCKS } from "../limits.ts";
import { type CallContext, type Method, method } from "../method.ts";
import type { NodeApi } from "../node-api.ts";
import { flag, integer, listOf, object, optional, required, text } from "../params.ts";
import { scriptOf } from "./lookups.ts";

const group = "Mining";
/** Blocks that an estimate of the network's hash rate looks back over (bitcoind's default). */
const HASH_RATE_BLOCKS = 120;

const generateToAddress = method({
  name: "generatetoaddress",
  group,
  heavy: true,
  about: "Mines blocks that pay to an address, at full power, and gives their hashes.",
  params: {
    nblocks: required(integer, `How many, 0 to ${MAX_GENERATE_BLOCKS}`),
    address: required(text, "Where the reward goes"),
    maxtries: optional(integer, DEFAULT_MAX_TRIES, "Nonces to try in all"),
  },
  handle: ({ nblocks, address, maxtries }, { node, signal }) => {
    const scriptPubKey = scriptOf(node, address, "Error: Invalid address");
    if (nblocks < 0 || nblocks > MAX_GENERATE_BLOCKS) {
      throw new RpcError(INVALID_PARAMETER, `nblocks must be between 0 and ${MAX_GENERATE_BLOCKS}`);
    }
    if (nblocks === 0) return [];
    return node.mining.generate({ scriptPubKey, blocks: nblocks, maxTries: maxtries, signal });
  },
});

const generateBlock = method({
  name: "generateblock",
  group,
  heavy: true,
  about: "Mines one block with exactly these transactions, in this order.",
  params: {
    output: required(text, "The address that the reward goes to"),
    transactions: required(listOf(text), "Ids of transactions in the mempool, or transactions in hexadecimal"),
    submit: optional(flag, true, "false to get the block in hexadecimal instead of connecting it"),
  },
  handle: async ({ output, transactions, submit }, { node, signal }) => {
    const scriptPubKey = scriptOf(node, output, "Error: Invalid address or descriptor");
    const txs = transactions.map((given) => givenTransaction(node, given));
    const block = await generateOrRefuse(node, { scriptPubKey, txs, submit, signal });
    return submit ? { hash: block.hash } : { hash: block.hash, hex: toHex(encodeBlock(block)) };
  },
});

async function generateOrRefuse(
  node: NodeApi,
  request: Parameters<NodeApi["mining"]["generateBlock"]>[0],
): Promise<Block> {
  try {
    return await node.mining.generateBlock(request);
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    throw new RpcError(VERIFY_ERROR, `TestBlockValidity failed: ${describeRejection(error)}`);
  }
}

function givenTransaction(node: NodeApi, given: string): Transaction {
  if (!isHashString(given)) {
    return decodeTxHex(
      given,
      `Transaction decode failed for ${given.slice(0, 100)}. Make sure the tx has at least one input.`,
    );
  }
  const entry = node.mempool.entry(given as Txid);
  if (entry === undefined) throw new RpcError(INVALID_ADDRESS_OR_KEY, `Transaction ${given} not in mempool.`);
  return entry.tx;
}

const getBlockTemplate = method({
  name: "getblocktemplate",
  group,
  about:
    "What a miner needs to build the next block (BIP22, BIP23, BIP145). Neither long polling nor proposals are supported.",
  params: { template_request: optional(object, undefined, 'An object such as {"rules": ["segwit"]}') },
  handle: ({ template_request: request }, { node }) => {
    const mode = request?.["mode"] ?? "template";
    if (mode !== "template") throw new RpcError(INVALID_PARAMETER, "Invalid mode");
    const rules = request?.["rules"];
    if (!Array.isArray(rules) || !rules.includes("segwit")) {
      throw new RpcError(
        INVALID_PARAMETER,
        'getblocktemplate must be called with the segwit rule set (call with {"rules": ["segwit"]})',
      );
    }
    return blockTemplateJson(node);
  },
});

const submitBlock = method({
  name: "submitblock",
  group,
  about: "Offers a mined block to the node: null when it was taken into the active chain, else the reason in a word.",
  params: { hexdata: required(text, "The block in hexadecimal"), dummy: optional(text, "", "Ignored, for BIP22") },
  handle: async ({ hexdata }, { node }) => {
    // bitcoind stops reading where the block ends; so with headers.
    const block = decodeHex(hexdata, (bytes) => decodeBlock(new ByteReader(bytes)), "Block decode failed");
    const parent = node.chain.entry(block.header.prevHash);
    const hasSegwit = parent !== undefined && parent.height + 1 >= node.params.activation.segwit;
    return (await node.chain.submitBlock(hasSegwit ? withWitnessNonce(block) : block)) ?? null;
  },
});

const submitHeader = method({
  name: "submitheader",
  group,
  about: "Offers a block header to the node.",
  params: { hexdata: required(text, "The 80 bytes in hexadecimal") },
  handle: ({ hexdata }, { node }) => {
    const header = decodeHex(hexdata, (bytes) => decodeHeader(new ByteReader(bytes)), "Block header decode failed");
    if (node.chain.entry(header.prevHash) === undefined) {
      throw new RpcError(VERIFY_ERROR, `Must submit previous header (${header.prevHash}) first`);
    }
    const refused = node.chain.submitHeader(header);
    if (refused !== undefined) throw new RpcError(VERIFY_ERROR, refused);
    return null;
  },
});

const getMiningInfo = method({
  name: "getmininginfo",
  group,
  about: "What concerns mining: height, difficulty, estimated hash rate of the network, unconfirmed transactions.",
  params: {},
  handle: (_, { node }) => {
    const { chain, mempool, params } = node;
    const tip = chain.tip();
    return {
      blocks: tip.height,
      ...targetJson(tip.header.bits),
      networkhashps: networkHashRate(tip, HASH_RATE_BLOCKS, (hash) => chain.entry(hash)),
      pooledtx: mempool.totals().count,
      chain: params.chain,
      next: { height: tip.height + 1, ...targetJson(chain.nextBits()) },
      warnings: [],
    };
  },
});

function targetJson(bits: number): { bits: string; difficulty: number; target: string } {
  return { bits: hex32(bits), difficulty: difficultyOf(bits), target: targetHex(bits) };
}

const getNetworkHashPs = method({
  name: "getnetworkhashps",
  group,
  about: "Estimated hashes a second of the whole network.",
  params: {
    nblocks: optional(integer, HASH_RATE_BLOCKS, "Blocks to look back over; at least 1"),
    height: optional(integer, -1, "Estimate as of this height; -1 for the tip"),
  },
  handle: ({ nblocks, height }, context) => estimateHashRate(context, nblocks, height),
});

function estimateHashRate({ node }: CallContext, blocks: number, height: number): Json {
  if (blocks < 1) throw new RpcError(INVALID_PARAMETER, "Invalid nblocks. Must be a positive number.");
  const last = height === -1 ? node.chain.tip() : node.chain.entryAt(height);
  if (height < -1 || last === undefined)
    throw new RpcError(INVALID_PARAMETER, "Block does not exist at specified height");
  return networkHashRate(last, blocks, (hash: BlockHash) => node.chain.entry(hash));
}

export const miningMethods: readonly Method[] = [
  generateToAddress,
  generateBlock,
  getBlockTemplate,
  submitBlock,
  submitHeader,
  getMiningInfo,
  getNetworkHashPs,
];
