import { ByteWriter } from "@forkyard/core/bytes/writer";
import { hash256 } from "@forkyard/core/hash";
import { encodeOutPoint, encodeOutput, type TransactionFields } from "@forkyard/core/tx";
import { SIGHASH_ALL } from "./sighash-all.ts";

/**
 * What a signature of an input without witness signs, for SIGHASH_ALL: the transaction with the script code in the
 * input being signed and empty scripts in all others.
 * @param scriptCode the output script being spent; it must hold no OP_CODESEPARATOR
 */
export function legacyDigest(tx: TransactionFields, inputIndex: number, scriptCode: Uint8Array): Uint8Array {
  const writer = new ByteWriter();
  writer.i32(tx.version).compactSize(tx.inputs.length);
  tx.inputs.forEach((input, index) => {
    encodeOutPoint(writer, input.prevout);
    writer.varBytes(index === inputIndex ? scriptCode : new Uint8Array(0)).u32(input.sequence);
  });
  writer.compactSize(tx.outputs.length);
  for (const output of tx.outputs) encodeOutput(writer, output);
  writer.u32(tx.lockTime).u32(SIGHASH_ALL);
  return hash256(writer.finish());
}
