import { ByteWriter } from "@forkyard/core/bytes/writer";
import { hash256 } from "@forkyard/core/hash";
import { encodeOutPoint, encodeOutput, type TransactionFields, type TxInput } from "@forkyard/core/tx";
import { SIGHASH_ALL } from "./sighash-all.ts";

/** The digest of one input of version 0. */
export type SegwitDigest = (inputIndex: number, scriptCode: Uint8Array, value: bigint) => Uint8Array;

/**
 * What signatures of version 0 witness inputs sign, for SIGHASH_ALL (BIP143). The hashes over all inputs and outputs
 * are made once: signing stays linear in the number of inputs.
 */
export function segwitDigests(tx: TransactionFields): SegwitDigest {
  const prevouts = new ByteWriter();
  const sequences = new ByteWriter();
  const outputs = new ByteWriter();
  for (const input of tx.inputs) {
    encodeOutPoint(prevouts, input.prevout);
    sequences.u32(input.sequence);
  }
  for (const output of tx.outputs) encodeOutput(outputs, output);
  const hashPrevouts = hash256(prevouts.finish());
  const hashSequence = hash256(sequences.finish());
  const hashOutputs = hash256(outputs.finish());

  return (inputIndex, scriptCode, value) => {
    const input = tx.inputs[inputIndex] as TxInput;
    const writer = new ByteWriter();
    writer.i32(tx.version).bytes(hashPrevouts).bytes(hashSequence);
    encodeOutPoint(writer, input.prevout);
    writer.varBytes(scriptCode).i64(value).u32(input.sequence);
    writer.bytes(hashOutputs).u32(tx.lockTime).u32(SIGHASH_ALL);
    return hash256(writer.finish());
  };
}
