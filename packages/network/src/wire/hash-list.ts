import { ByteReader } from "@forkyard/core/bytes/reader";
import { ByteWriter, compactSizeLength } from "@forkyard/core/bytes/writer";
import { assert } from "@forkyard/core/errors";
import { hashToBytes, hashToString } from "@forkyard/core/hash";

const HASH_BYTES = 32;

/** Writes a compactSize count and the hashes in hashing order. */
export function writeHashes(writer: ByteWriter, hashes: readonly string[]): void {
  writer.compactSize(hashes.length);
  for (const hash of hashes) writer.bytes(hashToBytes(hash));
}

/** Reads what {@link writeHashes} wrote. @throws DecodeError for more than `max` or more than there are bytes for. */
export function readHashes<T extends string>(reader: ByteReader, max: number): readonly T[] {
  const count = reader.compactSize(max);
  const bytes = reader.view(count * HASH_BYTES);
  return Array.from({ length: count }, (_, i) => hashToString<T>(bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)));
}

/** A whole message that is one list of hashes. */
export function encodeHashList(hashes: readonly string[], max: number): Uint8Array {
  assert(hashes.length <= max, `${hashes.length} hashes where ${max} may be sent`);
  const writer = new ByteWriter(compactSizeLength(hashes.length) + hashes.length * HASH_BYTES);
  writeHashes(writer, hashes);
  return writer.finish();
}

/** @throws DecodeError */
export function decodeHashList<T extends string>(bytes: Uint8Array, max: number): readonly T[] {
  const reader = new ByteReader(bytes);
  const hashes = readHashes<T>(reader, max);
  reader.end();
  return hashes;
}
