import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { fromHex, isHex } from "@forkyard/core/bytes/bytes";
import { InputError } from "@forkyard/core/errors";
import { MAX_BLOCK_BYTES } from "@forkyard/core/limits";

/** Room for a block in hexadecimal; bytes beyond its end are for the decoder to refuse. */
const MAX_BLOCK_FILE_BYTES: number = 4 * MAX_BLOCK_BYTES;
/** The largest block spends some 24,000 outputs, whose scripts hold 10,000 bytes at most. */
const MAX_SPENT_FILE_BYTES: number = 512 * 1024 * 1024;

/** A block, plain or gzip, as bytes or as hexadecimal text. @throws InputError */
export function readBlockFile(path: string): Uint8Array {
  const bytes = readPlain(path, MAX_BLOCK_FILE_BYTES);
  const text = isText(bytes) ? new TextDecoder().decode(bytes).trim() : "";
  return text !== "" && isHex(text) ? fromHex(text) : bytes;
}

/** JSON lines, plain or gzip. @throws InputError */
export function readSpentFile(path: string): unknown[] {
  const lines = new TextDecoder().decode(readPlain(path, MAX_SPENT_FILE_BYTES)).split("\n");
  return lines
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== "")
    .map(({ line, number }) => parseLine(line, `${path}, line ${number}`));
}

function parseLine(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new InputError(`${where} is not JSON`);
  }
}

function readPlain(path: string, maxBytes: number): Uint8Array {
  try {
    const bytes = readFileSync(path);
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes, { maxOutputLength: maxBytes }) : bytes;
  } catch (error) {
    throw new InputError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** True when all bytes are hexadecimal digits or white space: no header of a block is. */
function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => /[0-9a-fA-F\s]/.test(String.fromCharCode(byte)));
}
