import { buildTemplate, type TemplateTransaction } from "@forkyard/consensus/miner/block-template";
import { type Block, encodeBlock } from "@forkyard/core/block";
import type { ChainEntry } from "@forkyard/core/chain";
import { assert } from "@forkyard/core/errors";
import { hashToString, type MerkleRoot, sha256, type Txid } from "@forkyard/core/hash";
import { type BlockHeader, blockHashOf } from "@forkyard/core/header";
import { merkleRoot } from "@forkyard/core/merkle";
import { payToWitness } from "@forkyard/core/script/templates";
import { type OutPoint, SEQUENCE_FINAL, Transaction } from "@forkyard/core/tx";
import type { Node } from "@forkyard/node/node";
import type { RandomStream } from "../../world/sim/random/stream.ts";

/** Where a hostile miner's coins go: to a key that nobody has, in the form that mempools like. */
const NOBODY = payToWitness(0, new Uint8Array(20));
const TAG = "/Forkyard:hostile/";
/** Satoshis that a coinbase takes too many. */
const OVERPAID = 1n;

/** Ways to break a rule of money in a block that is otherwise sound. */
const CRIMES: readonly ((parent: ChainEntry, node: Node, random: RandomStream) => readonly Transaction[])[] = [
  // A coin that never was.
  (_parent, _node, random) => [spendOf([madeUpOutPoint(random)], 1_000n)],
  // The reward of the tip, which is too young.
  (parent, node) => youngReward(parent, node),
  // Somebody else's coin, without a signature.
  (_parent, node) => stolenCoin(node),
  // A payment that waits, twice over.
  (_parent, node) => doublePayment(node),
];

/** A block with an honest template's header and work, and something wrong in its body. */
export function invalidBlock(parent: ChainEntry, node: Node, random: RandomStream): Block {
  const crime = random.below(CRIMES.length + 1);
  const txs = CRIMES[crime]?.(parent, node, random) ?? [];
  const block = template(parent, node, random, txs);
  return txs.length > 0 ? block : withBody(block, [overpaid(block.txs[0] as Transaction), ...block.txs.slice(1)]);
}

/** A sound and empty block on any parent. */
export function emptyBlock(parent: ChainEntry, node: Node, random: RandomStream): Block {
  return template(parent, node, random, []);
}

/** The same header with another body: a transaction twice at the end (CVE-2012-2459), one less, or another coinbase. */
export function mutatedBody(block: Block, random: RandomStream): Block {
  const last = block.txs.at(-1) as Transaction;
  const bodies = [[...block.txs, last], block.txs.slice(0, -1), [overpaid(last), ...block.txs.slice(1)]];
  return { ...block, txs: bodies[random.below(bodies.length)] ?? [] };
}

/** The same block under a header that no lot has fallen on. */
export function unworked(block: Block, random: RandomStream): Block {
  return withHeader(block, { nonce: random.word() });
}

/** Payments out of nothing, small and different. */
export function orphans(count: number, random: RandomStream): Uint8Array[] {
  return Array.from({ length: count }, () => spendOf([madeUpOutPoint(random)], 5_000n).encode());
}

/** The same payment with its last signature broken; its txid stays. */
export function forgedPayment(tx: Transaction): Transaction {
  const inputs = tx.inputs.map((input) => ({ ...input, witness: input.witness.map((item) => flipped(item)) }));
  return new Transaction({ version: tx.version, inputs, outputs: tx.outputs, lockTime: tx.lockTime });
}

export function garbage(random: RandomStream): Uint8Array {
  return random.bytes(1 + random.below(200));
}

export function bytesOf(block: Block): Uint8Array {
  return encodeBlock(block);
}

function template(parent: ChainEntry, node: Node, random: RandomStream, txs: readonly Transaction[]): Block {
  const { block } = buildTemplate({
    parent,
    ancestry: node.chain.tree,
    txs: txs.map((tx): TemplateTransaction => ({ tx, fee: 0n, sigopCost: 0 })),
    payTo: NOBODY,
    tag: TAG,
    extraNonce: random.word(),
    time: Math.max(node.nowSeconds(), parent.header.time + 1),
    params: node.params,
  });
  return block;
}

function withBody(block: Block, txs: readonly Transaction[]): Block {
  const root = hashToString<MerkleRoot>(merkleRoot(txs.map(({ txidBytes }) => txidBytes)).root);
  return withHeader({ ...block, txs }, { merkleRoot: root });
}

function withHeader(block: Block, change: Partial<BlockHeader>): Block {
  const header = { ...block.header, ...change };
  return { hash: blockHashOf(header), header, txs: block.txs };
}

function overpaid(coinbase: Transaction): Transaction {
  const [first, ...others] = coinbase.outputs;
  assert(first !== undefined, "a coinbase pays somebody");
  const outputs = [{ ...first, value: first.value + OVERPAID }, ...others];
  return new Transaction({ version: coinbase.version, inputs: coinbase.inputs, outputs, lockTime: coinbase.lockTime });
}

/** Two outputs: with one it would be so short that nobody looks at it twice. */
function spendOf(outPoints: readonly OutPoint[], value: bigint): Transaction {
  const inputs = outPoints.map((prevout) => ({
    prevout,
    scriptSig: new Uint8Array(),
    sequence: SEQUENCE_FINAL,
    witness: [],
  }));
  const half = { value: value / 2n, scriptPubKey: NOBODY };
  const outputs = [half, { ...half, value: value - half.value }];
  return new Transaction({ version: 2, inputs, outputs, lockTime: 0 });
}

function madeUpOutPoint(random: RandomStream): OutPoint {
  return { txid: hashToString<Txid>(sha256(random.bytes(16))), vout: random.below(3) };
}

function youngReward(parent: ChainEntry, { chain }: Node): readonly Transaction[] {
  const reward = chain.block(parent.hash)?.txs[0];
  const value = reward?.outputs[0]?.value ?? 0n;
  return reward === undefined || value === 0n ? [] : [spendOf([{ txid: reward.txid, vout: 0 }], value)];
}

/** A coin of the first wallet of the node that would need a signature. */
function stolenCoin({ mempool, store }: Node): readonly Transaction[] {
  for (const { tx } of mempool.entries()) {
    for (const { prevout } of tx.inputs) {
      const coin = store.coin(prevout);
      if (coin !== undefined) return [spendOf([prevout], coin.output.value)];
    }
  }
  return [];
}

function doublePayment({ mempool }: Node): readonly Transaction[] {
  for (const { tx } of mempool.entries()) {
    if (!tx.inputs.some(({ prevout }) => mempool.has(prevout.txid))) return [tx, tx];
  }
  return [];
}

function flipped(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  if (copy.length > 0) copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
}
