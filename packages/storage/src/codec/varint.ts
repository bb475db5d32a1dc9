import type { ByteReader } from "@forkyard/core/bytes/reader";
import type { ByteWriter } from "@forkyard/core/bytes/writer";
import { assert, DecodeError } from "@forkyard/core/errors";

const CONTINUES = 0x80;
const PAYLOAD = 0x80;
/** Seven bits a byte: eight bytes hold every safe integer. */
const MAX_VARINT_BYTES = 8;

/** Writes a whole number 0..2^53-1 in groups of seven bits, lowest first; the top bit says that more follow. */
export function writeVarint(writer: ByteWriter, value: number): void {
  assert(Number.isSafeInteger(value) && value >= 0, `varint of ${value}`);
  let rest = value;
  while (rest >= PAYLOAD) {
    writer.u8((rest % PAYLOAD) | CONTINUES);
    rest = Math.floor(rest / PAYLOAD);
  }
  writer.u8(rest);
}

/** Reads what {@link writeVarint} wrote; only the shortest form. @throws DecodeError */
export function readVarint(reader: ByteReader): number {
  const start = reader.offset;
  let value = 0;
  let scale = 1;
  for (let i = 0; i < MAX_VARINT_BYTES; i++) {
    const byte = reader.u8();
    value += (byte % PAYLOAD) * scale;
    scale *= PAYLOAD;
    if (byte >= CONTINUES) continue;
    if (byte === 0 && i > 0) throw new DecodeError("varint is not in its shortest form", start);
    if (!Number.isSafeInteger(value)) break;
    return value;
  }
  throw new DecodeError("varint is too large", start);
}
