import { toHex } from "@forkyard/core/bytes/bytes";
import { isUnspendable } from "@forkyard/core/coins";
import { decodeScriptNumber, readOps, type ScriptOp } from "@forkyard/core/script/codec";
import { OP_1, OP_1NEGATE, OP_16, opcodeName } from "@forkyard/core/script/opcodes";

/** Pushes up to this length are shown as numbers. */
const MAX_NUMBER_BYTES = 4;

const HASH_TYPES: ReadonlyMap<number, string> = new Map([
  [0x01, "[ALL]"],
  [0x02, "[NONE]"],
  [0x03, "[SINGLE]"],
  [0x81, "[ALL|ANYONECANPAY]"],
  [0x82, "[NONE|ANYONECANPAY]"],
  [0x83, "[SINGLE|ANYONECANPAY]"],
]);

/**
 * A script in words (Bitcoin Core `ScriptToAsmStr`).
 * @param nameHashTypes show the last byte of what looks like a signature by name, as bitcoind does in scriptSig
 */
export function scriptAsm(script: Uint8Array, nameHashTypes = false): string {
  const decodeSignatures = nameHashTypes && !isUnspendable(script);
  const { ops, complete } = readOps(script);
  const words = ops.map((op) => word(op, decodeSignatures));
  if (!complete) words.push("[error]");
  return words.join(" ");
}

function word(op: ScriptOp, decodeSignatures: boolean): string {
  if (op.data !== undefined) return pushWord(op.data, decodeSignatures);
  if (op.opcode === OP_1NEGATE) return "-1";
  if (op.opcode >= OP_1 && op.opcode <= OP_16) return String(op.opcode - OP_1 + 1);
  return opcodeName(op.opcode);
}

function pushWord(data: Uint8Array, decodeSignatures: boolean): string {
  if (data.length <= MAX_NUMBER_BYTES) return decodeScriptNumber(data).toString();
  const hashType = decodeSignatures && isDerSignature(data) ? HASH_TYPES.get(data.at(-1) ?? 0) : undefined;
  return hashType === undefined ? toHex(data) : toHex(data.subarray(0, -1)) + hashType;
}

/** Strict DER with one byte of hash type (BIP66). */
function isDerSignature(bytes: Uint8Array): boolean {
  if (bytes.length < 9 || bytes.length > 73) return false;
  const rLength = bytes[3] as number;
  if (bytes[0] !== 0x30 || bytes[1] !== bytes.length - 3 || rLength + 5 >= bytes.length) return false;
  const sLength = bytes[5 + rLength] as number;
  if (rLength + sLength + 7 !== bytes.length) return false;
  return isDerInteger(bytes, 2) && isDerInteger(bytes, 4 + rLength);
}

/** Positive and without superfluous zeros. */
function isDerInteger(bytes: Uint8Array, at: number): boolean {
  const length = bytes[at + 1] as number;
  const first = bytes[at + 2] as number;
  if (bytes[at] !== 0x02 || length === 0 || (first & 0x80) !== 0) return false;
  return !(length > 1 && first === 0 && ((bytes[at + 3] as number) & 0x80) === 0);
}
