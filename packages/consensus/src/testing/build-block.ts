import type { Block } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import { type BlockHash, hashToBytes, hashToString, type MerkleRoot, type Txid, ZERO_HASH } from "@forkyard/core/hash";
import { type BlockHeader, blockHashOf } from "@forkyard/core/header";
import { merkleRoot } from "@forkyard/core/merkle";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { OP_1 } from "@forkyard/core/script/opcodes";
import { NULL_VOUT, SEQUENCE_FINAL, Transaction, type TransactionFields, type TxInput } from "@forkyard/core/tx";
import { coinbaseHeightScript } from "../rules/accept-block.ts";
import { subsidyAt } from "../rules/subsidy.ts";
import { bitsToTarget, hashMeetsTarget } from "../rules/target.ts";
import { witnessCommitment, witnessCommitmentScript } from "../rules/witness-commitment.ts";

/** An output that anybody can spend with an empty scriptSig. */
export const ANYONE_CAN_SPEND: Uint8Array = Uint8Array.of(OP_1);
const BLOCK_VERSION = 0x20000000;

/** Input that spends output `vout` of `txid` with an empty script. */
export function inputOf(txid: Txid, vout: number, change: Partial<TxInput> = {}): TxInput {
  return {
    prevout: { txid, vout },
    scriptSig: new Uint8Array(0),
    sequence: SEQUENCE_FINAL,
    witness: [],
    ...change,
  };
}

/** A transaction from outpoints to amounts that anybody can spend. */
export function payment(
  inputs: readonly TxInput[],
  values: readonly bigint[],
  change: Partial<TransactionFields> = {},
): Transaction {
  return new Transaction({
    version: 2,
    inputs,
    outputs: values.map((value) => ({ value, scriptPubKey: ANYONE_CAN_SPEND })),
    lockTime: 0,
    ...change,
  });
}

/** A coinbase for `height` that pays `value`; `tag` makes it differ from others. */
export function coinbaseFor(
  height: number,
  value: bigint,
  tag: number,
  change: Partial<TransactionFields> = {},
): Transaction {
  const scriptSig = Uint8Array.of(...coinbaseHeightScript(height), 2, tag & 0xff, (tag >> 8) & 0xff);
  return payment([inputOf(ZERO_HASH as Txid, NULL_VOUT, { scriptSig })], [value], change);
}

/** The coinbase with a commitment to the witnesses of `txs` (its own place left out) and the nonce that goes with it. */
export function withCommitment(coinbase: Transaction, txs: readonly Transaction[]): Transaction {
  const nonce = new Uint8Array(32);
  const script = witnessCommitmentScript(witnessCommitment([coinbase, ...txs], nonce));
  return new Transaction({
    version: coinbase.version,
    inputs: coinbase.inputs.map((input) => ({ ...input, witness: [nonce] })),
    outputs: [...coinbase.outputs, { value: 0n, scriptPubKey: script }],
    lockTime: coinbase.lockTime,
  });
}

/** What a test wants different about a block. */
export interface BlockOptions {
  /** Transactions behind the coinbase. */
  readonly txs?: readonly Transaction[];
  /** Instead of the ordinary coinbase. */
  readonly coinbase?: Transaction;
  /** Satoshis that the ordinary coinbase pays; the subsidy when absent. */
  readonly coinbaseValue?: bigint;
  readonly tag?: number;
  /** Fields of the header that differ; the proof of work is for these. */
  readonly header?: Partial<BlockHeader>;
}

/** Mines a child of `parent`; valid unless the options make it otherwise. Needs an easy target: regtest or devnet. */
export function buildBlock(parent: ChainEntry, params: NetworkParams, options: BlockOptions = {}): Block {
  const height = parent.height + 1;
  const value = options.coinbaseValue ?? subsidyAt(height, params);
  const body = options.txs ?? [];
  const plain = options.coinbase ?? coinbaseFor(height, value, options.tag ?? 0);
  const committed = options.coinbase === undefined && body.some((tx) => tx.hasWitness);
  const txs = [committed ? withCommitment(plain, body) : plain, ...body];
  return mine(
    {
      version: BLOCK_VERSION,
      prevHash: parent.hash,
      merkleRoot: merkleRootOf(txs),
      time: parent.header.time + params.spacingSeconds,
      bits: parent.header.bits,
      nonce: 0,
      ...options.header,
    },
    txs,
  );
}

export function merkleRootOf(txs: readonly Transaction[]): MerkleRoot {
  return hashToString<MerkleRoot>(merkleRoot(txs.map((tx) => hashToBytes(tx.txid))).root);
}

/** Tries nonces until the hash meets the header's bits, or, with `meets: false`, until it does not. */
export function mine(header: BlockHeader, txs: readonly Transaction[], meets = true): Block {
  const target = bitsToTarget(header.bits);
  for (let nonce = header.nonce; nonce <= 0xffffffff; nonce++) {
    const tried: BlockHeader = { ...header, nonce };
    const hash: BlockHash = blockHashOf(tried);
    if (hashMeetsTarget(hash, target) === meets) return { hash, header: tried, txs };
  }
  throw new RangeError("no nonce meets the target");
}
