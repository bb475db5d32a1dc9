import { toHex } from "@forkyard/core/bytes/bytes";
import { MAX_BLOCK_BYTES, MAX_BLOCK_WEIGHT } from "@forkyard/core/limits";
import type { Transaction } from "@forkyard/core/tx";
import { exactNumber, type Json, type JsonObject } from "../json/json.ts";
import type { BlockTemplateView, NodeApi } from "../node-api.ts";
import { witnessCommitment } from "./coinbase-witness.ts";
import { hex32, targetHex } from "./difficulty.ts";

/** BIP141: signature operations in a block, weighted. */
const MAX_BLOCK_SIGOP_COST = 80_000;

/** The node's block template as `getblocktemplate` shows it; without sigops counts, which BIP22 leaves optional. */
export function blockTemplateJson(node: NodeApi): JsonObject {
  const template = node.mining.template();
  const { header } = template.block;
  const [coinbase, ...txs] = template.block.txs;
  const commitment = coinbase === undefined ? undefined : witnessCommitment(coinbase);
  const reward = coinbase?.outputs.reduce((sum, output) => sum + output.value, 0n) ?? 0n;
  return {
    capabilities: [],
    version: header.version,
    rules: activeRules(node, template),
    vbavailable: {},
    vbrequired: 0,
    previousblockhash: header.prevHash,
    transactions: transactionsJson(txs, template.fees),
    coinbaseaux: {},
    coinbasevalue: exactNumber(reward),
    target: targetHex(header.bits),
    mintime: node.chain.medianTimePast(node.chain.tip()) + 1,
    mutable: ["time", "transactions", "prevblock"],
    noncerange: "00000000ffffffff",
    sigoplimit: MAX_BLOCK_SIGOP_COST,
    sizelimit: MAX_BLOCK_BYTES,
    weightlimit: MAX_BLOCK_WEIGHT,
    curtime: header.time,
    bits: hex32(header.bits),
    height: template.height,
    default_witness_commitment: commitment === undefined ? undefined : toHex(commitment),
  };
}

/** A leading "!" marks a rule that a miner must know of (BIP9). */
function activeRules(node: NodeApi, { height }: BlockTemplateView): string[] {
  const { csv, segwit, taproot } = node.params.activation;
  const rules: readonly (readonly [string, number])[] = [
    ["csv", csv],
    ["!segwit", segwit],
    ["taproot", taproot],
  ];
  return rules.filter(([, activeFrom]) => height >= activeFrom).map(([name]) => name);
}

/** `depends` counts from 1, as the coinbase is transaction 0. */
function transactionsJson(txs: readonly Transaction[], fees: readonly bigint[]): Json[] {
  const positions = new Map(txs.map((tx, i) => [tx.txid, i + 1]));
  return txs.map((tx, i) => {
    const parents = tx.inputs.map((input) => positions.get(input.prevout.txid)).filter((at) => at !== undefined);
    return {
      data: toHex(tx.encode()),
      txid: tx.txid,
      hash: tx.wtxid,
      depends: [...new Set(parents)].toSorted((a, b) => a - b),
      fee: exactNumber(fees[i] ?? 0n),
      weight: tx.weight,
    };
  });
}
