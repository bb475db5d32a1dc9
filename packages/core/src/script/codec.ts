import { ByteWriter } from "../bytes/writer.ts";
import { OP_0, OP_1, OP_1NEGATE, OP_16, OP_PUSHDATA1, OP_PUSHDATA2, OP_PUSHDATA4 } from "./opcodes.ts";

/** One step of a script: an opcode, and the bytes it pushes when it is a push. */
export interface ScriptOp {
  readonly opcode: number;
  /** Present for 0x00..OP_PUSHDATA4 (empty for OP_0). */
  readonly data?: Uint8Array;
  /** Where the operation starts and where the next one does, in bytes from the script's start. */
  readonly start: number;
  readonly end: number;
}

/** Returned by {@link readOp} where a push promises more bytes than the script has. */
export type BadPush = "bad-push";

/**
 * Reads the operation at `offset`, which must be below the script's length.
 * A script with a bad push is still a script: it fails only if the machine gets there.
 */
export function readOp(script: Uint8Array, offset: number): ScriptOp | BadPush {
  const opcode = script[offset] as number;
  if (opcode > OP_PUSHDATA4) return { opcode, start: offset, end: offset + 1 };
  const lengthBytes = opcode < OP_PUSHDATA1 ? 0 : opcode === OP_PUSHDATA1 ? 1 : opcode === OP_PUSHDATA2 ? 2 : 4;
  const dataStart = offset + 1 + lengthBytes;
  if (dataStart > script.length) return "bad-push";
  const length = lengthBytes === 0 ? opcode : littleEndian(script, offset + 1, lengthBytes);
  const end = dataStart + length;
  if (end > script.length) return "bad-push";
  return { opcode, data: script.subarray(dataStart, end), start: offset, end };
}

/** All operations up to the end or to the first bad push; `complete` tells which. */
export function readOps(script: Uint8Array): { ops: ScriptOp[]; complete: boolean } {
  const ops: ScriptOp[] = [];
  let offset = 0;
  while (offset < script.length) {
    const op = readOp(script, offset);
    if (op === "bad-push") return { ops, complete: false };
    ops.push(op);
    offset = op.end;
  }
  return { ops, complete: true };
}

/** True when the script only pushes: OP_16 and below count as pushes, OP_RESERVED too (Bitcoin Core `IsPushOnly`). */
export function isPushOnly(script: Uint8Array): boolean {
  const { ops, complete } = readOps(script);
  return complete && ops.every((op) => op.opcode <= OP_16);
}

/** Scripts are put together in the same memory and copied out: every P2WPKH input takes one. */
const shared: ByteWriter = new ByteWriter();

/** Builds a script from opcodes (numbers) and pushes (bytes, in the plain shortest push for their length). */
export function buildScript(parts: readonly (number | Uint8Array)[]): Uint8Array {
  const writer = shared.clear();
  for (const part of parts) {
    if (typeof part === "number") writer.u8(part);
    else writePush(writer, part);
  }
  return writer.finish().slice();
}

/** A push of a number: OP_0, OP_1NEGATE, OP_1..OP_16, or its script-number bytes. */
export function pushNumber(value: number): number | Uint8Array {
  if (value === 0) return OP_0;
  if (value === -1) return OP_1NEGATE;
  if (value >= 1 && value <= 16) return OP_1 + value - 1;
  return encodeScriptNumber(BigInt(value));
}

/** Script number: little-endian magnitude, sign in the top bit of the last byte; empty for zero. */
export function encodeScriptNumber(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let magnitude = value < 0n ? -value : value;
  while (magnitude > 0n) {
    bytes.push(Number(magnitude & 0xffn));
    magnitude >>= 8n;
  }
  if (((bytes.at(-1) ?? 0) & 0x80) !== 0) bytes.push(0);
  if (value < 0n) bytes[bytes.length - 1] = (bytes.at(-1) as number) | 0x80;
  return Uint8Array.from(bytes);
}

/** Reads a script number of any length; limits on length and shortest form are the interpreter's. */
export function decodeScriptNumber(bytes: Uint8Array): bigint {
  let magnitude = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) {
    const byte = bytes[i] as number;
    magnitude = (magnitude << 8n) | BigInt(i === bytes.length - 1 ? byte & 0x7f : byte);
  }
  return ((bytes.at(-1) ?? 0) & 0x80) !== 0 ? -magnitude : magnitude;
}

function writePush(writer: ByteWriter, data: Uint8Array): void {
  if (data.length < OP_PUSHDATA1) writer.u8(data.length);
  else if (data.length <= 0xff) writer.u8(OP_PUSHDATA1).u8(data.length);
  else if (data.length <= 0xffff) writer.u8(OP_PUSHDATA2).u16(data.length);
  else writer.u8(OP_PUSHDATA4).u32(data.length);
  writer.bytes(data);
}

function littleEndian(bytes: Uint8Array, offset: number, length: number): number {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 256 + (bytes[offset + i] as number);
  return value;
}
