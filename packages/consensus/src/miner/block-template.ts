import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import { hashToBytes, hashToString, type MerkleRoot, type Txid } from "@forkyard/core/hash";
import { type BlockHeader, blockHashOf } from "@forkyard/core/header";
import { MAX_BLOCK_WEIGHT } from "@forkyard/core/limits";
import { merkleRoot } from "@forkyard/core/merkle";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Transaction } from "@forkyard/core/tx";
import { MAX_BLOCK_SIGOPS_COST } from "../limits.ts";
import type { Ancestry } from "../rules/ancestry.ts";
import { isFinalTx } from "../rules/locks.ts";
import { medianTimePast } from "../rules/median-time.ts";
import { nextBits } from "../rules/retarget/next-bits.ts";
import { subsidyAt } from "../rules/subsidy.ts";
import { buildCoinbase } from "./coinbase.ts";
import { RESERVED_BLOCK_SIGOPS_COST, RESERVED_BLOCK_WEIGHT } from "./limits.ts";
import { sigopCostBound } from "./sigop-bound.ts";

/** BIP9: no version bits signalled. */
const BLOCK_VERSION = 0x20000000;

export interface TemplateTransaction {
  readonly tx: Transaction;
  /** Satoshis. */
  readonly fee: bigint;
  /** BIP141 sigop cost where it is known; else an upper bound is worked out. */
  readonly sigopCost?: number;
}

export interface TemplateRequest {
  readonly parent: ChainEntry;
  /** Wanted transactions, best first, parents before their children; what does not fit is left out. */
  readonly txs: readonly TemplateTransaction[];
  /** Output script that gets subsidy and fees. */
  readonly payTo: Uint8Array;
  /** Text in the coinbase that names the miner, as "/Forkyard:node1/". */
  readonly tag: string;
  readonly extraNonce: number;
  /** Seconds since 1970; a later time is taken where the chain demands one. */
  readonly time: number;
  readonly ancestry: Ancestry;
  readonly params: NetworkParams;
}

/** A block that lacks nothing but proof of work, and what it was made from. */
export interface BlockTemplate {
  /** Nonce 0; its hash is that of the header as it is. */
  readonly block: Block;
  readonly height: number;
  /** Satoshis in fees. */
  readonly fees: bigint;
  readonly request: TemplateRequest;
  /** The transactions of the request that are in the block. */
  readonly included: readonly TemplateTransaction[];
}

/** Builds the next block on `parent`, to be mined. */
export function buildTemplate(request: TemplateRequest): BlockTemplate {
  const included = selectFitting(request);
  return assemble(request, included, blockTime(request));
}

/**
 * The same block with another coinbase, for when all nonces were tried.
 * @param time seconds since 1970, later than before if time has gone on
 */
export function updateExtraNonce(template: BlockTemplate, extraNonce: number, time: number): BlockTemplate {
  const request = { ...template.request, extraNonce, time };
  // A later time never makes a transaction unfit: locks look at the parent's median time.
  return assemble(request, template.included, blockTime(request));
}

function assemble(request: TemplateRequest, included: readonly TemplateTransaction[], time: number): BlockTemplate {
  const { parent, ancestry, params } = request;
  const height = parent.height + 1;
  const fees = included.reduce((sum, { fee }) => sum + fee, 0n);
  const bodyTxs = included.map(({ tx }) => tx);
  const coinbase = buildCoinbase({
    ...request,
    height,
    value: subsidyAt(height, params) + fees,
    witnessesOf: height >= params.activation.segwit ? bodyTxs : undefined,
  });
  const txs = [coinbase, ...bodyTxs];
  const header: BlockHeader = {
    version: BLOCK_VERSION,
    prevHash: parent.hash,
    merkleRoot: hashToString<MerkleRoot>(merkleRoot(txs.map((tx) => hashToBytes(tx.txid))).root),
    time,
    bits: nextBits(parent, time, ancestry, params),
    nonce: 0,
  };
  return { block: { hash: blockHashOf(header), header, txs }, height, fees, request, included };
}

/** A block must be later than the median of the eleven before it. */
function blockTime({ parent, ancestry, time }: TemplateRequest): number {
  return Math.max(time, medianTimePast(parent, ancestry) + 1);
}

/** The transactions that fit by weight, sigops and lock time, without children of those that do not. */
function selectFitting({ parent, ancestry, txs }: TemplateRequest): TemplateTransaction[] {
  const height = parent.height + 1;
  const cutoffSeconds = medianTimePast(parent, ancestry);
  const leftOut = new Set<Txid>();
  let weightLeft = MAX_BLOCK_WEIGHT - RESERVED_BLOCK_WEIGHT;
  let sigopCostLeft = MAX_BLOCK_SIGOPS_COST - RESERVED_BLOCK_SIGOPS_COST;
  return txs.filter(({ tx, sigopCost }) => {
    const weight = tx.weight;
    const cost = sigopCost ?? sigopCostBound(tx);
    const fits =
      weight <= weightLeft &&
      cost <= sigopCostLeft &&
      isFinalTx(tx, height, cutoffSeconds) &&
      !tx.inputs.some(({ prevout }) => leftOut.has(prevout.txid));
    if (!fits) leftOut.add(tx.txid);
    else {
      weightLeft -= weight;
      sigopCostLeft -= cost;
    }
    return fits;
  });
}
