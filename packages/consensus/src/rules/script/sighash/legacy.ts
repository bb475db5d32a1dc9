import { concatBytes, equalBytes } from "@forkyard/core/bytes/bytes";
import { ByteWriter } from "@forkyard/core/bytes/writer";
import { assert } from "@forkyard/core/errors";
import { hash256, sha256, sha256Stream } from "@forkyard/core/hash";
import { MAX_SCRIPT_BYTES } from "@forkyard/core/limits";
import type { Sha256Stream } from "@forkyard/core/ports/sha256";
import { readOps } from "@forkyard/core/script/codec";
import { OP_CODESEPARATOR } from "@forkyard/core/script/opcodes";
import type { Transaction, TxInput, TxOutput } from "@forkyard/core/tx";
import { signedOutputs, signsOneInput } from "./hash-type.ts";
import { encodedOutput, partsOf, type TxParts } from "./tx-parts.ts";

/** Up to here joining the pieces and hashing them at once is faster than a stream. */
const MAX_JOINED_BYTES = 4_096;
/** Outpoint, length of the script, sequence, hash type: what the preimage has besides transaction and script. */
const EXTRA_BYTES = 64;
const VERSION_AND_COUNT_BYTES = 5;
const MAX_COUNT_BYTES = 9;
const LOCK_TIME_BYTES = 4;
const HASH_TYPE_BYTES = 4;

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
  const signed: SignedInput = { parts, inputIndex, hashType, scriptCode: withoutCodeSeparators(scriptCode) };
  const type = new ByteWriter(HASH_TYPE_BYTES).i32(hashType).finish();
  if (parts.tx.strippedSize + scriptCode.length <= MAX_JOINED_BYTES) {
    const preimage = concatBytes(pieceBefore(signed), ...piecesFromInputOn(signed), type);
    parts.countHashed(preimage.length);
    return hash256(preimage);
  }
  parts.countHashed(HASH_TYPE_BYTES);
  return sha256(streamBeforeType(signed).update(type).digest());
}

/** The most that one call of {@link legacySighash} hashes: the whole transaction and the script in it. */
export function maxLegacySighashBytes(tx: Transaction): number {
  return tx.strippedSize + MAX_SCRIPT_BYTES + EXTRA_BYTES;
}

interface SignedInput {
  readonly parts: TxParts;
  readonly inputIndex: number;
  readonly hashType: number;
  /** Without OP_CODESEPARATORs. */
  readonly scriptCode: Uint8Array;
}

/**
 * A stream that has hashed all but the hash type. Kept for the next signature: a script may ask for hundreds with the
 * same script code, and those whose hash types cover the same differ in nothing else (as Bitcoin Core's `SigHashCache`).
 */
function streamBeforeType(signed: SignedInput): Sha256Stream {
  const { parts, inputIndex, hashType, scriptCode } = signed;
  const coverage = `${signedOutputs(hashType)} ${signsOneInput(hashType)}`;
  const kept = parts.legacyStreams.get(coverage);
  if (kept?.inputIndex === inputIndex && equalBytes(kept.scriptCode, scriptCode)) return kept.stream.clone();
  const stream = streamBeforeInput(signed);
  for (const piece of piecesFromInputOn(signed)) {
    stream.update(piece);
    parts.countHashed(piece.length);
  }
  parts.legacyStreams.set(coverage, { inputIndex, scriptCode, stream });
  return stream.clone();
}

/** Everything before the signed input. */
function pieceBefore({ parts, inputIndex, hashType }: SignedInput): Uint8Array {
  if (!signsOneInput(hashType)) return parts.blankBefore(inputIndex, hasZeroSequences(hashType));
  return new ByteWriter(VERSION_AND_COUNT_BYTES).i32(parts.tx.version).compactSize(1).finish();
}

function streamBeforeInput(signed: SignedInput): Sha256Stream {
  const { parts, inputIndex, hashType } = signed;
  if (!signsOneInput(hashType)) {
    return (hasZeroSequences(hashType) ? parts.zeroedLegacyPrefix : parts.legacyPrefix).upTo(inputIndex);
  }
  const prefix = pieceBefore(signed);
  parts.countHashed(prefix.length);
  return sha256Stream().update(prefix);
}

/** The signed input, which has the script code for its script. */
function ownInput({ parts, inputIndex, scriptCode }: SignedInput): Uint8Array {
  const { sequence } = parts.tx.inputs[inputIndex] as TxInput;
  return new ByteWriter(scriptCode.length + EXTRA_BYTES)
    .bytes(parts.outPoint(inputIndex))
    .varBytes(scriptCode)
    .u32(sequence)
    .finish();
}

/** The signed input, the inputs behind it, outputs, lock time. */
function piecesFromInputOn(signed: SignedInput): Uint8Array[] {
  const { parts, inputIndex, hashType } = signed;
  const pieces = [ownInput(signed)];
  if (!signsOneInput(hashType)) pieces.push(parts.blankAfter(inputIndex, hasZeroSequences(hashType)));
  if (signedOutputs(hashType) === "all") pieces.push(parts.outputsAndLockTime);
  else pieces.push(...someOutputs(signed), new ByteWriter(LOCK_TIME_BYTES).u32(parts.tx.lockTime).finish());
  return pieces;
}

function someOutputs({ parts, inputIndex, hashType }: SignedInput): Uint8Array[] {
  if (signedOutputs(hashType) === "none") return [Uint8Array.of(0)];
  const count = new ByteWriter(MAX_COUNT_BYTES).compactSize(inputIndex + 1).finish();
  return [count, parts.blankOutputs(inputIndex), encodedOutput(parts.tx.outputs[inputIndex] as TxOutput)];
}

/** With NONE and SINGLE the other inputs may still change their sequences. */
function hasZeroSequences(hashType: number): boolean {
  return signedOutputs(hashType) !== "all";
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
