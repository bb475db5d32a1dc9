import { type Block, blockFromBytes, blockSize, blockStrippedSize, blockWeight } from "@forkyard/core/block";
import { ByteReader } from "@forkyard/core/bytes/reader";
import type { ChainEntry } from "@forkyard/core/chain";
import { HEADER_BYTES } from "@forkyard/core/limits";
import type { JsonObject } from "../json/json.ts";
import type { NodeApi } from "../node-api.ts";
import { difficultyOf, hex32, targetHex, workHex } from "./difficulty.ts";
import { SpentCoins } from "./spent-coins.ts";
import { txJson } from "./tx-json.ts";

/** Blocks on top of it, itself included; -1 when it is not on the active chain. */
export function confirmationsOf(node: NodeApi, entry: ChainEntry): number {
  return isActive(node, entry) ? node.chain.tip().height - entry.height + 1 : -1;
}

export function isActive(node: NodeApi, entry: ChainEntry): boolean {
  return node.chain.entryAt(entry.height)?.hash === entry.hash;
}

/** A header as `getblockheader` shows it. */
export function headerJson(node: NodeApi, entry: ChainEntry): JsonObject {
  const { header, height } = entry;
  const next = isActive(node, entry) ? node.chain.entryAt(height + 1)?.hash : undefined;
  return {
    hash: entry.hash,
    confirmations: confirmationsOf(node, entry),
    height,
    version: header.version,
    versionHex: hex32(header.version),
    merkleroot: header.merkleRoot,
    time: header.time,
    mediantime: node.chain.medianTimePast(entry),
    nonce: header.nonce,
    bits: hex32(header.bits),
    target: targetHex(header.bits),
    difficulty: difficultyOf(header.bits),
    chainwork: workHex(entry.chainWork),
    nTx: txCountOf(node, entry),
    previousblockhash: height === 0 ? undefined : header.prevHash,
    nextblockhash: next,
  };
}

/** `txs`: only their ids, whole ones with fees, or those with the outputs they spent. */
export type BlockTxDetail = "ids" | "fees" | "prevouts";

/** A block as `getblock` shows it with verbosity 1, 2 and 3. */
export function blockJson(node: NodeApi, entry: ChainEntry, bytes: Uint8Array, detail: BlockTxDetail): JsonObject {
  const block = blockFromBytes(bytes);
  return {
    ...headerJson(node, entry),
    strippedsize: blockStrippedSize(block),
    size: blockSize(block),
    weight: blockWeight(block),
    tx: detail === "ids" ? block.txs.map((tx) => tx.txid) : detailedTxs(node, entry, block, detail === "prevouts"),
  };
}

function detailedTxs(node: NodeApi, entry: ChainEntry, block: Block, withPrevouts: boolean): JsonObject[] {
  const undo = node.chain.undo(entry.hash);
  const spentCoins = undo === undefined ? undefined : new SpentCoins(block, entry.height, undo);
  return block.txs.map((tx) => {
    const spent = spentCoins?.of(tx);
    return txJson(tx, {
      prefixes: node.params.addresses,
      withHex: true,
      withPrevouts,
      ...(spent === undefined ? {} : { spent }),
    });
  });
}

/** 0 when only the header is known, as in bitcoind. */
function txCountOf(node: NodeApi, entry: ChainEntry): number {
  const bytes = node.chain.blockBytes(entry.hash);
  return bytes === undefined ? 0 : new ByteReader(bytes.subarray(HEADER_BYTES)).compactSize();
}
