import { OP_0, OP_PUSHDATA1, OP_PUSHDATA2 } from "@forkyard/core/script/opcodes";

const NEGATIVE_ONE_BYTE = 0x81;
const LARGEST_NUMBER_OPCODE_VALUE = 16;

/** True when no shorter opcode pushes the same bytes (BIP62 rule 3). */
export function isMinimalPush(opcode: number, data: Uint8Array): boolean {
  const first = data[0];
  if (first === undefined) return opcode === OP_0;
  if (data.length === 1 && hasOwnOpcode(first)) return false;
  if (data.length < OP_PUSHDATA1) return opcode === data.length;
  if (data.length <= 0xff) return opcode === OP_PUSHDATA1;
  return data.length > 0xffff || opcode === OP_PUSHDATA2;
}

function hasOwnOpcode(byte: number): boolean {
  return byte === NEGATIVE_ONE_BYTE || (byte >= 1 && byte <= LARGEST_NUMBER_OPCODE_VALUE);
}
