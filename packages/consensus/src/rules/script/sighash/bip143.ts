import { ByteWriter } from "@forkyard/core/bytes/writer";
import { assert } from "@forkyard/core/errors";
import { hash256, sha256 } from "@forkyard/core/hash";
import type { Transaction } from "@forkyard/core/tx";
import { signedOutputs, signsOneInput } from "./hash-type.ts";
import { partsOf, type TxParts } from "./tx-parts.ts";

/** Bytes of the preimage besides the script: 4 + 32 + 32 + 36 + 9 (length) + 8 + 4 + 32 + 4 + 4. */
const FIXED_BYTES = 165;
const NOTHING: Uint8Array = new Uint8Array(32);

/** What BIP143 hashes, in order; its parts are shared between the inputs of a transaction. */
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
  return new ByteWriter(FIXED_BYTES + scriptCode.length)
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
  return hash256(bip143Preimage(tx, inputIndex, scriptCode, amount, hashType));
}

function outputsHash(parts: TxParts, inputIndex: number, hashType: number): Uint8Array {
  const covered = signedOutputs(hashType);
  if (covered === "all") return parts.outputsHash;
  if (covered === "none" || inputIndex >= parts.tx.outputs.length) return NOTHING;
  return sha256(parts.outputSha(inputIndex));
}
