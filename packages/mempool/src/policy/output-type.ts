import { MAX_PUBKEYS_PER_MULTISIG } from "@forkyard/consensus/limits";
import { readOps, type ScriptOp } from "@forkyard/core/script/codec";
import { OP_1, OP_16, OP_CHECKMULTISIG } from "@forkyard/core/script/opcodes";
import { classifyOutput } from "@forkyard/core/script/templates";
import { MAX_BARE_MULTISIG_KEYS } from "../limits.ts";

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

/** The template that new outputs may have; undefined for none that is standard (Bitcoin Core `IsStandard`). */
export function standardOutputType(script: Uint8Array): StandardOutputType | undefined {
  const type = outputType(script);
  return type === "multisig" && multisigKeys(script) > MAX_BARE_MULTISIG_KEYS ? undefined : type;
}

/** The template of an output script, whether or not it may still be paid to; undefined for none (Bitcoin Core `Solver`). */
export function outputType(script: Uint8Array): StandardOutputType | undefined {
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
      return "nulldata";
    default:
      return multisigKeys(script) > 0 ? "multisig" : undefined;
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

/** Number of keys of `m KEY… n CHECKMULTISIG`; 0 for any other script. */
function multisigKeys(script: Uint8Array): number {
  const { ops, complete } = readOps(script);
  if (!complete || ops.length < 4 || ops.at(-1)?.opcode !== OP_CHECKMULTISIG) return 0;
  const required = keyCount(ops[0]);
  const keys = keyCount(ops.at(-2));
  if (required === undefined || keys === undefined || required > keys) return 0;
  const pushed = ops.slice(1, -2);
  const fits = pushed.length === keys && pushed.every((op) => op.data !== undefined && isPublicKey(op.data));
  return fits ? keys : 0;
}

/** 1 to 16 by their opcodes, 17 to 20 as pushes of one byte: the shortest form only. */
function keyCount(op: ScriptOp | undefined): number | undefined {
  if (op === undefined) return undefined;
  if (op.opcode >= OP_1 && op.opcode <= OP_16) return op.opcode - OP_1 + 1;
  const [value] = op.data ?? [];
  const isPushed = op.opcode === 1 && value !== undefined && value > OP_16 - OP_1 + 1;
  return isPushed && value <= MAX_PUBKEYS_PER_MULTISIG ? value : undefined;
}

/** The length that the first byte promises; whether it is a point on the curve is for the script. */
function isPublicKey(bytes: Uint8Array): boolean {
  const first = bytes[0];
  if (first === 2 || first === 3) return bytes.length === 33;
  return (first === 4 || first === 6 || first === 7) && bytes.length === 65;
}
