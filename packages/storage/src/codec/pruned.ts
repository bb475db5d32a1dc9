import { readRecord, writeRecord } from "./record.ts";
import { readVarint, writeVarint } from "./varint.ts";

const LAYOUT = 1;

/** Height of the last block of the active chain whose body and undo data were deleted. */
export function encodePruned(height: number): Uint8Array {
  return writeRecord(LAYOUT, (writer) => writeVarint(writer, height));
}

/** @throws DecodeError */
export function decodePruned(bytes: Uint8Array): number {
  return readRecord(LAYOUT, bytes, readVarint);
}
