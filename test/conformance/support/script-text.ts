import { concatBytes, fromHex } from "@forkyard/core/bytes/bytes";
import { buildScript, pushNumber } from "@forkyard/core/script/codec";
import { OPCODES } from "@forkyard/core/script/opcodes";

/**
 * Assembles a script from the text form of Bitcoin Core's test data: decimal numbers are pushed, `0x…` is put in as it
 * stands, `'text'` is pushed, other words are opcodes without `OP_`.
 */
export function scriptFromText(text: string): Uint8Array {
  const words = text.split(/\s+/).filter((word) => word !== "");
  return concatBytes(...words.map(assembleWord));
}

function assembleWord(word: string): Uint8Array {
  if (/^-?\d+$/.test(word)) return buildScript([pushNumber(Number(word))]);
  if (word.startsWith("0x")) return fromHex(word.slice(2));
  if (word.startsWith("'") && word.endsWith("'")) return buildScript([new TextEncoder().encode(word.slice(1, -1))]);
  const opcode = OPCODES.get(word.startsWith("OP_") ? word : `OP_${word}`);
  if (opcode === undefined) throw new Error(`no opcode is called ${word}`);
  return Uint8Array.of(opcode);
}
