import { addressOf } from "@forkyard/core/address";
import { toHex } from "@forkyard/core/bytes/bytes";
import type { AddressPrefixes } from "@forkyard/core/params/network-params";
import { isPushOnly, readOps } from "@forkyard/core/script/codec";
import { OP_1, OP_16, OP_CHECKMULTISIG } from "@forkyard/core/script/opcodes";
import { classifyOutput, type OutputTemplate } from "@forkyard/core/script/templates";
import type { JsonObject } from "../json/json.ts";
import { scriptAsm } from "./script-asm.ts";

/** An output script as bitcoind shows it: asm, hex, address where there is one, type. */
export function scriptPubKeyJson(script: Uint8Array, prefixes: AddressPrefixes): JsonObject {
  const type = scriptTypeName(script);
  const address = type === "pubkey" ? undefined : addressOf(script, prefixes);
  return { asm: scriptAsm(script), hex: toHex(script), address, type };
}

/** bitcoind's name of an output script's type. */
export function scriptTypeName(script: Uint8Array): string {
  const template = classifyOutput(script);
  switch (template.type) {
    case "witness":
      return witnessTypeName(template);
    case "nulldata":
      return isPushOnly(script.subarray(1)) ? "nulldata" : "nonstandard";
    case "pubkey":
      return isPublicKey(template.publicKey) ? "pubkey" : "nonstandard";
    case "nonstandard":
      return isMultisig(script) ? "multisig" : "nonstandard";
    default:
      return template.type;
  }
}

const ANCHOR_PROGRAM = "4e73";

function witnessTypeName({ version, program }: Extract<OutputTemplate, { type: "witness" }>): string {
  if (version === 0 && program.length === 20) return "witness_v0_keyhash";
  if (version === 0) return program.length === 32 ? "witness_v0_scripthash" : "nonstandard";
  if (version === 1 && program.length === 32) return "witness_v1_taproot";
  return version === 1 && toHex(program) === ANCHOR_PROGRAM ? "anchor" : "witness_unknown";
}

/** m, keys, n, OP_CHECKMULTISIG with 1 <= m <= n and as many keys as n says; n up to 16 here as OP_16 is the last digit. */
function isMultisig(script: Uint8Array): boolean {
  const { ops, complete } = readOps(script);
  const [first] = ops;
  const keys = ops.slice(1, -2);
  const countOp = ops.at(-2);
  if (!complete || ops.length < 4 || first === undefined || countOp === undefined) return false;
  if (ops.at(-1)?.opcode !== OP_CHECKMULTISIG || !isDigit(first.opcode) || !isDigit(countOp.opcode)) return false;
  const needed = first.opcode - OP_1 + 1;
  const total = countOp.opcode - OP_1 + 1;
  return needed <= total && keys.length === total && keys.every((key) => isPublicKey(key.data));
}

function isDigit(opcode: number): boolean {
  return opcode >= OP_1 && opcode <= OP_16;
}

/** Length as the first byte wants it (Bitcoin Core `CPubKey::ValidSize`). */
function isPublicKey(bytes: Uint8Array | undefined): boolean {
  const prefix = bytes?.[0];
  if (prefix === 2 || prefix === 3) return bytes?.length === 33;
  return (prefix === 4 || prefix === 6 || prefix === 7) && bytes?.length === 65;
}
