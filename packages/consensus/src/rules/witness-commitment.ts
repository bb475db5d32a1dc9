import type { Block } from "@forkyard/core/block";
import { concatBytes, fromHex } from "@forkyard/core/bytes/bytes";
import { hash256 } from "@forkyard/core/hash";
import { merkleRoot } from "@forkyard/core/merkle";
import type { Transaction } from "@forkyard/core/tx";

/** BIP141: an output script that commits to witnesses starts so: OP_RETURN, a push of 36 bytes, four fixed bytes. */
const COMMITMENT_PREFIX: Uint8Array = fromHex("6a24aa21a9ed");
const COMMITMENT_BYTES = 32;
/** Stands for the coinbase among the leaves: its own wtxid would have to contain itself. */
const COINBASE_LEAF: Uint8Array = new Uint8Array(32);

/** BIP141: bytes of the only element of a coinbase's witness, "reserved value". */
export const WITNESS_NONCE_BYTES = 32;

/** Merkle root over wtxids, 32 bytes in hashing order; the coinbase, first of `txs`, counts as zeros. */
export function witnessMerkleRoot(txs: readonly Transaction[]): Uint8Array {
  const leaves = txs.map((tx, position) => (position === 0 ? COINBASE_LEAF : tx.wtxidBytes));
  return merkleRoot(leaves).root;
}

/** The 32 bytes that a coinbase must carry for these transactions and this nonce (its witness element). */
export function witnessCommitment(txs: readonly Transaction[], nonce: Uint8Array): Uint8Array {
  return hash256(concatBytes(witnessMerkleRoot(txs), nonce));
}

/** Output script that carries a commitment. */
export function witnessCommitmentScript(commitment: Uint8Array): Uint8Array {
  return concatBytes(COMMITMENT_PREFIX, commitment);
}

/** Index of the coinbase output with the commitment: the last one that has one; undefined when none does. */
export function findWitnessCommitmentIndex(block: Pick<Block, "txs">): number | undefined {
  const index = block.txs[0]?.outputs.findLastIndex(({ scriptPubKey }) => isCommitment(scriptPubKey)) ?? -1;
  return index === -1 ? undefined : index;
}

/** The 32 bytes of the commitment in a block's coinbase; undefined when there is none. */
export function findWitnessCommitment(block: Pick<Block, "txs">): Uint8Array | undefined {
  const index = findWitnessCommitmentIndex(block);
  if (index === undefined) return undefined;
  const start = COMMITMENT_PREFIX.length;
  return block.txs[0]?.outputs[index]?.scriptPubKey.subarray(start, start + COMMITMENT_BYTES);
}

/** Bytes behind the commitment are allowed and mean nothing. */
function isCommitment(script: Uint8Array): boolean {
  return (
    script.length >= COMMITMENT_PREFIX.length + COMMITMENT_BYTES &&
    COMMITMENT_PREFIX.every((byte, i) => script[i] === byte)
  );
}
