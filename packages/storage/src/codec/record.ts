import { ByteReader } from "@forkyard/core/bytes/reader";
import { ByteWriter } from "@forkyard/core/bytes/writer";
import { DecodeError } from "@forkyard/core/errors";

/**
 * A record: one byte that numbers its layout, then the fields.
 * @param capacity bytes to reserve; close to the length, it saves most of the time that a small record takes
 */
export function writeRecord(version: number, fields: (writer: ByteWriter) => void, capacity?: number): Uint8Array {
  const writer = new ByteWriter(capacity);
  writer.u8(version);
  fields(writer);
  return writer.finish();
}

/** Reads a record of the given layout to its very end. @throws DecodeError */
export function readRecord<T>(version: number, bytes: Uint8Array, fields: (reader: ByteReader) => T): T {
  const reader = new ByteReader(bytes);
  const found = reader.u8();
  if (found !== version) throw new DecodeError(`record layout ${found} where ${version} is known`, 0);
  const value = fields(reader);
  reader.end();
  return value;
}
