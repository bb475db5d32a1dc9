import { WITNESS_SCALE_FACTOR } from "@forkyard/core/limits";
import { isPushOnly, readOp } from "@forkyard/core/script/codec";
import {
  OP_1,
  OP_16,
  OP_CHECKMULTISIG,
  OP_CHECKMULTISIGVERIFY,
  OP_CHECKSIG,
  OP_CHECKSIGVERIFY,
  OP_PUSHDATA1,
  OP_PUSHDATA2,
  OP_PUSHDATA4,
} from "@forkyard/core/script/opcodes";
import { isPayToScriptHash, witnessProgram } from "@forkyard/core/script/templates";
import type { Transaction, TxInput, TxOutput } from "@forkyard/core/tx";
import { MAX_PUBKEYS_PER_MULTISIG } from "../limits.ts";
import { hasFlag, SCRIPT_FLAGS, type ScriptFlags } from "./script/flags.ts";

const EMPTY_SCRIPT: Uint8Array = new Uint8Array(0);
const P2WPKH_PROGRAM_BYTES = 20;
const P2WSH_PROGRAM_BYTES = 32;

/**
 * Signature operations in a script, up to its end or first bad push.
 * @param accurate count a CHECKMULTISIG by the number before it (OP_1..OP_16) instead of as twenty
 */
export function countSigops(script: Uint8Array, accurate: boolean): number {
  let count = 0;
  let previous = 0xff;
  // Walks the bytes itself: this runs over every script of every block, and readOp would make an object a step.
  for (let offset = 0; offset < script.length; ) {
    const opcode = script[offset] as number;
    const next = opcode <= OP_PUSHDATA4 ? endOfPush(script, offset, opcode) : offset + 1;
    if (next > script.length) break;
    if (opcode === OP_CHECKSIG || opcode === OP_CHECKSIGVERIFY) count += 1;
    else if (opcode === OP_CHECKMULTISIG || opcode === OP_CHECKMULTISIGVERIFY) {
      const known = accurate && previous >= OP_1 && previous <= OP_16;
      count += known ? previous - OP_1 + 1 : MAX_PUBKEYS_PER_MULTISIG;
    }
    previous = opcode;
    offset = next;
  }
  return count;
}

/** Sigops in a transaction's own scripts, as they have been counted since 2010 (Bitcoin Core `GetLegacySigOpCount`). */
export function legacySigops(tx: Transaction): number {
  let count = 0;
  for (const { scriptSig } of tx.inputs) count += countSigops(scriptSig, false);
  for (const { scriptPubKey } of tx.outputs) count += countSigops(scriptPubKey, false);
  return count;
}

/**
 * BIP141 sigop cost of a transaction (Bitcoin Core `GetTransactionSigOpCost`): legacy and P2SH ones cost four, witness
 * ones one.
 * @param spent the outputs that the inputs spend, in order; not looked at for a coinbase
 */
export function sigopCost(tx: Transaction, spent: readonly TxOutput[], flags: ScriptFlags): number {
  const legacy = legacySigops(tx);
  if (tx.isCoinbase) return legacy * WITNESS_SCALE_FACTOR;
  let scriptHash = 0;
  let witness = 0;
  for (let i = 0; i < tx.inputs.length; i++) {
    const input = tx.inputs[i] as TxInput;
    const { scriptPubKey } = spent[i] as TxOutput;
    if (hasFlag(flags, SCRIPT_FLAGS.P2SH)) scriptHash += scriptHashSigops(input.scriptSig, scriptPubKey);
    if (hasFlag(flags, SCRIPT_FLAGS.WITNESS)) witness += witnessSigops(input, scriptPubKey, flags);
  }
  return (legacy + scriptHash) * WITNESS_SCALE_FACTOR + witness;
}

/** BIP16: accurate sigops of the redeem script when the output is P2SH, else 0. */
function scriptHashSigops(scriptSig: Uint8Array, scriptPubKey: Uint8Array): number {
  if (!isPayToScriptHash(scriptPubKey) || !isPushOnly(scriptSig)) return 0;
  return countSigops(lastPush(scriptSig), true);
}

function witnessSigops(input: TxInput, scriptPubKey: Uint8Array, flags: ScriptFlags): number {
  const native = witnessProgram(scriptPubKey);
  if (native !== undefined) return programSigops(native, input.witness);
  if (!hasFlag(flags, SCRIPT_FLAGS.P2SH) || !isPayToScriptHash(scriptPubKey) || !isPushOnly(input.scriptSig)) return 0;
  const nested = witnessProgram(lastPush(input.scriptSig));
  return nested === undefined ? 0 : programSigops(nested, input.witness);
}

/** Version 0: one for a key hash, what the witness script says for a script hash. Later versions: none here. */
function programSigops(
  { version, program }: { version: number; program: Uint8Array },
  witness: readonly Uint8Array[],
): number {
  if (version !== 0) return 0;
  if (program.length === P2WPKH_PROGRAM_BYTES) return 1;
  const script = witness.at(-1);
  return program.length === P2WSH_PROGRAM_BYTES && script !== undefined ? countSigops(script, true) : 0;
}

/** What the last operation of a push-only script pushes as bytes: nothing for OP_1NEGATE and OP_1..OP_16. */
function lastPush(script: Uint8Array): Uint8Array {
  let data: Uint8Array = EMPTY_SCRIPT;
  for (let offset = 0; offset < script.length; ) {
    const op = readOp(script, offset);
    if (op === "bad-push") return EMPTY_SCRIPT;
    data = op.data ?? EMPTY_SCRIPT;
    offset = op.end;
  }
  return data;
}

/** Offset behind a push; above the script's length when its bytes or its length field are cut off. */
function endOfPush(script: Uint8Array, offset: number, opcode: number): number {
  if (opcode < OP_PUSHDATA1) return offset + 1 + opcode;
  const lengthBytes = opcode === OP_PUSHDATA1 ? 1 : opcode === OP_PUSHDATA2 ? 2 : 4;
  const dataStart = offset + 1 + lengthBytes;
  if (dataStart > script.length) return dataStart;
  let length = 0;
  for (let i = lengthBytes; i >= 1; i--) length = length * 256 + (script[offset + i] as number);
  return dataStart + length;
}
