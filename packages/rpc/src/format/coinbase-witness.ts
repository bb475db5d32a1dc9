import type { Block } from "@forkyard/core/block";
import { toHex } from "@forkyard/core/bytes/bytes";
import { Transaction, type TxOutput } from "@forkyard/core/tx";

/** OP_RETURN, a push of 36 bytes, and the four bytes that mark a witness commitment (BIP141). */
const COMMITMENT_PREFIX = "6a24aa21a9ed";
const COMMITMENT_BYTES = 38;
const WITNESS_NONCE_BYTES = 32;

/** The output script that commits to the witnesses: the last one that looks so. */
export function witnessCommitment(coinbase: Transaction): Uint8Array | undefined {
  return coinbase.outputs.findLast(isCommitment)?.scriptPubKey;
}

/** Miners may leave out the coinbase's witness; it is then 32 zero bytes (Bitcoin Core `UpdateUncommittedBlockStructures`). */
export function withWitnessNonce(block: Block): Block {
  const [coinbase, ...others] = block.txs;
  const input = coinbase?.inputs[0];
  if (coinbase === undefined || input === undefined) return block;
  if (coinbase.hasWitness || witnessCommitment(coinbase) === undefined) return block;
  const completed = new Transaction({
    version: coinbase.version,
    inputs: [{ ...input, witness: [new Uint8Array(WITNESS_NONCE_BYTES)] }],
    outputs: coinbase.outputs,
    lockTime: coinbase.lockTime,
  });
  return { ...block, txs: [completed, ...others] };
}

function isCommitment({ scriptPubKey }: TxOutput): boolean {
  return (
    scriptPubKey.length >= COMMITMENT_BYTES &&
    toHex(scriptPubKey.subarray(0, COMMITMENT_PREFIX.length / 2)) === COMMITMENT_PREFIX
  );
}
