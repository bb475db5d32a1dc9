import { concatBytes } from "@forkyard/core/bytes/bytes";
import { ByteWriter } from "@forkyard/core/bytes/writer";
import { assert } from "@forkyard/core/errors";
import { hash256 } from "@forkyard/core/hash";
import { readOps } from "@forkyard/core/script/codec";
import { OP_CODESEPARATOR } from "@forkyard/core/script/opcodes";
import { encodeOutput, type Transaction, type TxOutput } from "@forkyard/core/tx";
import { signedOutputs, signsOneInput } from "./hash-type.ts";
import { BLANK_INPUT_BYTES, partsOf, type TxParts } from "./tx-parts.ts";

/** Room for counts, the script's length prefix and the hash type. */
const EXTRA_BYTES = 32;
const SEQUENCE_BYTES = 4;

/**
 * The hash that a signature outside segwit signs: the transaction with all scripts blanked but the signed input's,
 * which becomes `scriptCode`, cut down by the hash type, with the hash type appended.
 * SIGHASH_SINGLE without an output of that index signs the number 1: an old mistake that is now a rule.
 * @param scriptCode as the machine has it; OP_CODESEPARATORs are taken out here
 * @param hashType signed 32-bit; in scripts a byte
 * @returns 32 bytes in hashing order
 */
export function legacySighash(
  tx: Transaction,
  inputIndex: number,
  scriptCode: Uint8Array,
  hashType: number,
): Uint8Array {
  assert(inputIndex < tx.inputs.length, `signature hash of input ${inputIndex} of ${tx.inputs.length}`);
  if (signedOutputs(hashType) === "single" && inputIndex >= tx.outputs.length) return numberOne();
  const parts = partsOf(tx);
  const writer = new ByteWriter(parts.blankBytes + scriptCode.length + EXTRA_BYTES);
  writer.i32(tx.version);
  writeInputs(writer, parts, inputIndex, withoutCodeSeparators(scriptCode), hashType);
  writeOutputs(writer, parts, inputIndex, hashType);
  writer.u32(tx.lockTime).i32(hashType);
  return hash256(writer.finish());
}

function writeInputs(
  writer: ByteWriter,
  parts: TxParts,
  inputIndex: number,
  scriptCode: Uint8Array,
  hashType: number,
): void {
  const { inputs } = parts.tx;
  const writeSigned = (): void => {
    writer.bytes(parts.outPoint(inputIndex)).varBytes(scriptCode);
    writer.u32(inputs[inputIndex]?.sequence ?? 0);
  };
  if (signsOneInput(hashType)) {
    writer.compactSize(1);
    writeSigned();
    return;
  }
  // With NONE and SINGLE the others may still change their sequence, so it counts as 0.
  const others = signedOutputs(hashType) === "all" ? (blank: Uint8Array): Uint8Array => blank : withZeroSequences;
  writer.compactSize(inputs.length).bytes(others(parts.blankInputs(0, inputIndex)));
  writeSigned();
  writer.bytes(others(parts.blankInputs(inputIndex + 1, inputs.length)));
}

function writeOutputs(writer: ByteWriter, parts: TxParts, inputIndex: number, hashType: number): void {
  const { outputs } = parts.tx;
  const covered = signedOutputs(hashType);
  if (covered === "all") writer.compactSize(outputs.length).bytes(parts.outputs);
  else if (covered === "none") writer.compactSize(0);
  else {
    writer.compactSize(inputIndex + 1);
    for (let i = 0; i < inputIndex; i++) encodeOutput(writer, BLANK_OUTPUT);
    encodeOutput(writer, outputs[inputIndex] as TxOutput);
  }
}

/** What stands for the outputs before the one that SIGHASH_SINGLE covers. */
const BLANK_OUTPUT: TxOutput = { value: -1n, scriptPubKey: new Uint8Array(0) };

/** @param blankInputs inputs of 41 bytes each, the sequence last */
function withZeroSequences(blankInputs: Uint8Array): Uint8Array {
  const zeroed = blankInputs.slice();
  for (let end = BLANK_INPUT_BYTES; end <= zeroed.length; end += BLANK_INPUT_BYTES) {
    zeroed.fill(0, end - SEQUENCE_BYTES, end);
  }
  return zeroed;
}

function withoutCodeSeparators(script: Uint8Array): Uint8Array {
  if (!script.includes(OP_CODESEPARATOR)) return script;
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const op of readOps(script).ops) {
    if (op.opcode !== OP_CODESEPARATOR) continue;
    pieces.push(script.subarray(from, op.start));
    from = op.end;
  }
  return concatBytes(...pieces, script.subarray(from));
}

/** 1 as a little-endian 256-bit number. */
function numberOne(): Uint8Array {
  const one = new Uint8Array(32);
  one[0] = 1;
  return one;
}
