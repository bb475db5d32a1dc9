import { type Block, blockStrippedSize } from "@forkyard/core/block";
import { assert } from "@forkyard/core/errors";
import { hashToString, type MerkleRoot } from "@forkyard/core/hash";
import { MAX_BLOCK_WEIGHT, WITNESS_SCALE_FACTOR } from "@forkyard/core/limits";
import { type MerkleResult, merkleRoot } from "@forkyard/core/merkle";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Curve } from "@forkyard/core/ports/curve";
import { MAX_BLOCK_SIGOPS_COST } from "../limits.ts";
import { checkHeader } from "./check-header.ts";
import { checkTransaction } from "./check-tx.ts";
import { ruleError } from "./codes.ts";
import { hasSignetSolution } from "./signet.ts";
import { legacySigops } from "./sigops.ts";
import type { CheckedBlock } from "./stages.ts";

/** Bytes of two hashes side by side: a transaction of this size can be read as an inner node of a merkle tree. */
const MERKLE_NODE_BYTES = 64;

/**
 * Checks a block in itself, without the chain (Bitcoin Core `CheckBlock`), in bitcoind's order.
 * @param curve for networks whose blocks are signed (BIP325); no other asks for it
 * @throws RuleError high-hash, bad-signet-blksig, bad-txnmrklroot, bad-txns-duplicate, bad-blk-length, bad-cb-missing, bad-cb-multiple,
 * the codes of {@link checkTransaction}, bad-blk-sigops
 */
export function checkBlock(block: Block, params: NetworkParams, curve?: Curve): CheckedBlock {
  checkHeader(block.header, block.hash, params);
  checkSignetSolution(block, params, curve);
  checkMerkleRoot(block);
  checkLength(block);
  checkCoinbasePosition(block);
  for (const tx of block.txs) checkTransaction(tx);
  checkLegacySigops(block);
  return block as CheckedBlock;
}

/** BIP325. The genesis block needs no solution. */
function checkSignetSolution(block: Block, params: NetworkParams, curve: Curve | undefined): void {
  const challenge = params.signetChallenge;
  if (challenge === undefined || block.hash === params.genesis.hash) return;
  assert(curve !== undefined, `blocks of ${params.name} are signed: checking them needs a curve`);
  if (hasSignetSolution(block, challenge, curve)) return;
  // A body that is not the header's own says nothing about the header.
  const { root } = merkleOf(block);
  throw ruleError("bad-signet-blksig", { mutated: hashToString(root) !== block.header.merkleRoot });
}

function merkleOf(block: Block): MerkleResult {
  return merkleRoot(block.txs.map((tx) => tx.txidBytes));
}

function checkMerkleRoot(block: Block): void {
  const { root, mutated } = merkleOf(block);
  const computed = hashToString<MerkleRoot>(root);
  if (computed !== block.header.merkleRoot) {
    throw ruleError("bad-txnmrklroot", { header: block.header.merkleRoot, computed });
  }
  if (mutated) throw ruleError("bad-txns-duplicate", { transactions: block.txs.length });
}

/** The weight limit without witnesses; the full one comes once the witnesses are known to be the committed ones. */
function checkLength(block: Block): void {
  const txs = block.txs.length;
  if (txs === 0 || txs * WITNESS_SCALE_FACTOR > MAX_BLOCK_WEIGHT) {
    throw ruleError("bad-blk-length", { transactions: txs });
  }
  const strippedSize = blockStrippedSize(block);
  if (strippedSize * WITNESS_SCALE_FACTOR > MAX_BLOCK_WEIGHT) throw ruleError("bad-blk-length", { strippedSize });
}

function checkCoinbasePosition(block: Block): void {
  if (block.txs[0]?.isCoinbase !== true) {
    // Without a coinbase, "transactions" of 64 bytes may be inner nodes of a valid block's tree: its header is good.
    throw ruleError("bad-cb-missing", { mutated: block.txs.some((tx) => tx.strippedSize === MERKLE_NODE_BYTES) });
  }
  const second = block.txs.findIndex((tx, position) => position > 0 && tx.isCoinbase);
  if (second !== -1) throw ruleError("bad-cb-multiple", { position: second });
}

function checkLegacySigops(block: Block): void {
  let sigops = 0;
  for (const tx of block.txs) sigops += legacySigops(tx);
  const cost = sigops * WITNESS_SCALE_FACTOR;
  if (cost > MAX_BLOCK_SIGOPS_COST) throw ruleError("bad-blk-sigops", { cost });
}
