import { ByteReader } from "@forkyard/core/bytes/reader";
import { ByteWriter, compactSizeLength } from "@forkyard/core/bytes/writer";
import { assert, DecodeError } from "@forkyard/core/errors";
import { type BlockHeader, decodeHeader, encodeHeaderTo } from "@forkyard/core/header";
import { HEADER_ENTRY_BYTES, MAX_HEADERS_PER_MESSAGE } from "../limits.ts";

/** Payload of Bitcoin's `headers`: each header is followed by a transaction count of zero. */
export function encodeHeaders(headers: readonly BlockHeader[]): Uint8Array {
  assert(headers.length <= MAX_HEADERS_PER_MESSAGE, `${headers.length} headers in one message`);
  const writer = new ByteWriter(compactSizeLength(headers.length) + headers.length * HEADER_ENTRY_BYTES);
  writer.compactSize(headers.length);
  for (const header of headers) {
    encodeHeaderTo(writer, header);
    writer.u8(0);
  }
  return writer.finish();
}

/** @throws DecodeError */
export function decodeHeaders(bytes: Uint8Array): readonly BlockHeader[] {
  const reader = new ByteReader(bytes);
  const count = reader.compactSize(Math.min(MAX_HEADERS_PER_MESSAGE, Math.floor(bytes.length / HEADER_ENTRY_BYTES)));
  const headers: BlockHeader[] = [];
  for (let i = 0; i < count; i++) {
    headers.push(decodeHeader(reader));
    if (reader.u8() !== 0) throw new DecodeError("header with transactions", reader.offset - 1);
  }
  reader.end();
  return headers;
}
