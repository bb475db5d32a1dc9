import { type Block, blockWeight } from "@forkyard/core/block";
import { equalBytes } from "@forkyard/core/bytes/bytes";
import type { ChainEntry } from "@forkyard/core/chain";
import { assert } from "@forkyard/core/errors";
import { MAX_BLOCK_WEIGHT } from "@forkyard/core/limits";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { buildScript, pushNumber } from "@forkyard/core/script/codec";
import type { Ancestry } from "./ancestry.ts";
import { ruleError } from "./codes.ts";
import { isFinalTx } from "./locks.ts";
import { medianTimePast } from "./median-time.ts";
import type { AcceptedBlock, CheckedBlock } from "./stages.ts";
import { findWitnessCommitment, WITNESS_NONCE_BYTES, witnessCommitment } from "./witness-commitment.ts";

/**
 * Checks a body as the child of `parent`, without coins (Bitcoin Core `ContextualCheckBlock`), in bitcoind's order.
 * @param entry the block's own entry, as `acceptHeader` made it
 * @throws RuleError bad-txns-nonfinal, bad-cb-height, bad-witness-nonce-size, bad-witness-merkle-match,
 * unexpected-witness, bad-blk-weight
 */
export function acceptBlock(
  block: CheckedBlock,
  entry: ChainEntry,
  parent: ChainEntry,
  ancestry: Ancestry,
  params: NetworkParams,
): AcceptedBlock {
  assert(entry.hash === block.hash && block.header.prevHash === parent.hash, "entry, block and parent belong together");
  checkFinality(block, entry, parent, ancestry, params);
  checkCoinbaseHeight(block, entry, params);
  checkWitnesses(block, entry, params);
  checkWeight(block);
  return { block, entry } as AcceptedBlock;
}

/** Start of every coinbase script from BIP34 on: a push of the block's height. */
export function coinbaseHeightScript(height: number): Uint8Array {
  return buildScript([pushNumber(height)]);
}

function checkFinality(
  block: Block,
  entry: ChainEntry,
  parent: ChainEntry,
  ancestry: Ancestry,
  params: NetworkParams,
): void {
  const bip113 = entry.height >= params.activation.csv;
  const cutoff = bip113 ? medianTimePast(parent, ancestry) : block.header.time;
  for (const tx of block.txs) {
    if (!isFinalTx(tx, entry.height, cutoff)) {
      throw ruleError("bad-txns-nonfinal", { txid: tx.txid, lockTime: tx.lockTime });
    }
  }
}

/** BIP34: makes every coinbase unique. */
function checkCoinbaseHeight(block: Block, entry: ChainEntry, params: NetworkParams): void {
  if (entry.height < params.activation.bip34) return;
  const expected = coinbaseHeightScript(entry.height);
  const scriptSig = block.txs[0]?.inputs[0]?.scriptSig ?? new Uint8Array(0);
  if (!equalBytes(scriptSig.subarray(0, expected.length), expected)) {
    throw ruleError("bad-cb-height", { height: entry.height });
  }
}

/** BIP141: witnesses are in no txid, so the coinbase must commit to them; without a commitment there may be none. */
function checkWitnesses(block: Block, entry: ChainEntry, params: NetworkParams): void {
  const segwit = entry.height >= params.activation.segwit;
  const commitment = segwit ? findWitnessCommitment(block) : undefined;
  if (commitment !== undefined) checkCommitment(block, commitment);
  else checkNoWitness(block);
}

function checkCommitment(block: Block, commitment: Uint8Array): void {
  const witness = block.txs[0]?.inputs[0]?.witness ?? [];
  const [nonce] = witness;
  if (witness.length !== 1 || nonce?.length !== WITNESS_NONCE_BYTES) {
    throw ruleError("bad-witness-nonce-size", { elements: witness.length, bytes: nonce?.length ?? 0 });
  }
  if (!equalBytes(witnessCommitment(block.txs, nonce), commitment)) throw ruleError("bad-witness-merkle-match");
}

function checkNoWitness(block: Block): void {
  const tx = block.txs.find(({ hasWitness }) => hasWitness);
  if (tx !== undefined) throw ruleError("unexpected-witness", { txid: tx.txid });
}

/** Only now: until the witnesses were known to be the committed ones, anybody could have made the block heavier. */
function checkWeight(block: Block): void {
  const weight = blockWeight(block);
  if (weight > MAX_BLOCK_WEIGHT) throw ruleError("bad-blk-weight", { weight });
}
