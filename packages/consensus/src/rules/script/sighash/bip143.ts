import { ByteWriter } from "@forkyard/core/bytes/writer";
import { assert } from "@forkyard/core/errors";
import { hash256, sha256 } from "@forkyard/core/hash";
import type { Transaction } from "@forkyard/core/tx";
import { signedOutputs, signsOneInput } from "./hash-type.ts";
import { partsOf, type TxParts } from "./tx-parts.ts";

/** Enough for all usual scripts; longer ones make it grow. */
const SHARED_BYTES = 1_024;
const NOTHING: Uint8Array = new Uint8Array(32);

/** Preimages are hashed and forgotten, so all are written into the same memory. */
const shared: ByteWriter = new ByteWriter(SHARED_BYTES);

/**
 * What BIP143 hashes, in order; its parts are shared between the inputs of a transaction. The bytes are good until the
 * next call.
 */
export function bip143Preimage(
  tx: Transaction,
  inputIndex: number,
  scriptCode: Uint8Array,
  amount: bigint,
  hashType: number,
): Uint8Array {
  const input = tx.inputs[inputIndex];
  assert(input !== undefined, `signature hash of input ${inputIndex} of ${tx.inputs.length}`);
  const parts = partsOf(tx);
  const oneInput = signsOneInput(hashType);
  const allSequences = !oneInput && signedOutputs(hashType) === "all";
  return shared
    .clear()
    .i32(tx.version)
    .bytes(oneInput ? NOTHING : parts.prevoutsHash)
    .bytes(allSequences ? parts.sequencesHash : NOTHING)
    .bytes(parts.outPoint(inputIndex))
    .varBytes(scriptCode)
    .i64(amount)
    .u32(input.sequence)
    .bytes(outputsHash(parts, inputIndex, hashType))
    .u32(tx.lockTime)
    .i32(hashType)
    .finish();
}

/**
 * The hash that a signature in a version 0 witness signs (BIP143).
 * @param scriptCode from the last OP_CODESEPARATOR that ran, later ones left in
 * @param amount satoshis of the output spent
 * @returns 32 bytes in hashing order
 */
export function bip143Sighash(
  tx: Transaction,
  inputIndex: number,
  scriptCode: Uint8Array,
  amount: bigint,
  hashType: number,
): Uint8Array {
  const preimage = bip143Preimage(tx, inputIndex, scriptCode, amount, hashType);
  partsOf(tx).countHashed(preimage.length);
  return hash256(preimage);
}

function outputsHash(parts: TxParts, inputIndex: number, hashType: number): Uint8Array {
  const covered = signedOutputs(hashType);
  if (covered === "all") return parts.outputsHash;
  if (covered === "none" || inputIndex >= parts.tx.outputs.length) return NOTHING;
  return sha256(parts.outputSha(inputIndex));
}
