import type { ByteReader } from "@forkyard/core/bytes/reader";
import { DecodeError } from "@forkyard/core/errors";

const LONG_LITERAL = 60;

/**
 * Unpacks Snappy's raw format.
 * @param length of the result, read before from the front of the data
 * @throws DecodeError
 */
export function unpackSnappy(reader: ByteReader, length: number): Uint8Array {
  const output = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const tag = reader.u8();
    const rest = tag >>> 2;
    if ((tag & 3) === 0) {
      const size = literalLength(reader, rest);
      checkRoom(size, length - at, reader);
      output.set(reader.view(size), at);
      at += size;
      continue;
    }
    const { size, distance } = copyOf(reader, tag & 3, rest);
    checkRoom(size, length - at, reader);
    if (distance === 0 || distance > at) throw new DecodeError("a copy from before the data", reader.offset);
    // Byte by byte: a copy may overlap what it makes.
    for (let i = 0; i < size; i++, at++) output[at] = output[at - distance] as number;
  }
  return output;
}

function literalLength(reader: ByteReader, rest: number): number {
  if (rest < LONG_LITERAL) return rest + 1;
  let size = 0;
  for (let i = 0; i <= rest - LONG_LITERAL; i++) size += reader.u8() * 256 ** i;
  return size + 1;
}

function copyOf(reader: ByteReader, kind: number, rest: number): { size: number; distance: number } {
  switch (kind) {
    case 1:
      return { size: (rest & 7) + 4, distance: (rest >>> 3) * 256 + reader.u8() };
    case 2:
      return { size: rest + 1, distance: reader.u8() + reader.u8() * 256 };
    default:
      return { size: rest + 1, distance: reader.u32() };
  }
}

function checkRoom(size: number, room: number, reader: ByteReader): void {
  if (size > room) throw new DecodeError("more data than announced", reader.offset);
}
