import { isPushOnly, readOps } from "@forkyard/core/script/codec";
import { OP_1, OP_16, OP_CHECKMULTISIG, OP_RETURN } from "@forkyard/core/script/opcodes";
import { classifyOutput } from "@forkyard/core/script/templates";
import { MAX_BARE_MULTISIG_KEYS, MAX_DATA_CARRIER_BYTES } from "../limits.ts";

/** Templates of outputs that are relayed, by bitcoind's names (Bitcoin Core `TxoutType`). */
export type StandardOutputType =
  | "pubkey"
  | "pubkeyhash"
  | "scripthash"
  | "multisig"
  | "nulldata"
  | "anchor"
  | "witness_v0_keyhash"
  | "witness_v0_scripthash"
  | "witness_v1_taproot"
  /** A witness version without a meaning yet: may be paid to, not spent. */
  | "witness_unknown";

const ANCHOR_PROGRAM = 0x4e73;

/** The template of an output script; undefined for none that is standard. */
export function standardOutputType(script: Uint8Array): StandardOutputType | undefined {
  const template = classifyOutput(script);
  switch (template.type) {
    case "pubkey":
      return isPublicKey(template.publicKey) ? "pubkey" : undefined;
    case "pubkeyhash":
    case "scripthash":
      return template.type;
    case "witness":
      return witnessType(template.version, template.program);
    case "nulldata":
      return isStandardData(script) ? "nulldata" : undefined;
    default:
      return isBareMultisig(script) ? "multisig" : undefined;
  }
}

/** Witness version 0 knows two lengths only: any other can never be spent. */
function witnessType(version: number, program: Uint8Array): StandardOutputType | undefined {
  if (version === 0) {
    if (program.length === 20) return "witness_v0_keyhash";
    return program.length === 32 ? "witness_v0_scripthash" : undefined;
  }
  if (version === 1 && program.length === 32) return "witness_v1_taproot";
  const isAnchor =
    version === 1 && program.length === 2 && ((program[0] ?? 0) << 8) + (program[1] ?? 0) === ANCHOR_PROGRAM;
  return isAnchor ? "anchor" : "witness_unknown";
}

function isStandardData(script: Uint8Array): boolean {
  return script[0] === OP_RETURN && script.length <= MAX_DATA_CARRIER_BYTES && isPushOnly(script.subarray(1));
}

/** `m KEY… n CHECKMULTISIG` with at most three keys. */
function isBareMultisig(script: Uint8Array): boolean {
  const { ops, complete } = readOps(script);
  if (!complete || ops.length < 4 || ops.at(-1)?.opcode !== OP_CHECKMULTISIG) return false;
  const required = smallNumber(ops[0]?.opcode);
  const keys = smallNumber(ops.at(-2)?.opcode);
  if (required === undefined || keys === undefined || required > keys || keys > MAX_BARE_MULTISIG_KEYS) return false;
  const pushed = ops.slice(1, -2);
  return pushed.length === keys && pushed.every((op) => op.data !== undefined && isPublicKey(op.data));
}

function smallNumber(opcode: number | undefined): number | undefined {
  return opcode !== undefined && opcode >= OP_1 && opcode <= OP_16 ? opcode - OP_1 + 1 : undefined;
}

/** The length that the first byte promises; whether it is a point on the curve is for the script. */
function isPublicKey(bytes: Uint8Array): boolean {
  const first = bytes[0];
  if (first === 2 || first === 3) return bytes.length === 33;
  return (first === 4 || first === 6 || first === 7) && bytes.length === 65;
}
