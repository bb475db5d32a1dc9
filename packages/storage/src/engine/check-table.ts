import { ByteReader } from "@forkyard/core/bytes/reader";
import { DecodeError } from "@forkyard/core/errors";
import { readVarint } from "../codec/varint.ts";
import { MAX_INDEX_BLOCK_BYTES } from "../limits.ts";
import { crc32c } from "./crc32c.ts";
import type { KeyValue } from "./engine.ts";
import { keyString } from "./key-string.ts";
import { unpackSnappy } from "./snappy.ts";

/** LevelDB's table format: blocks with a trailer each, an index of them, and a footer that points to the index. */
const FOOTER_BYTES = 48;
const MAGIC = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);
const TRAILER_BYTES = 5;
const SNAPPY = 1;
const CRC_MASK_DELTA = 0xa282ead8;
/** Behind each key: its type, then the number of the write. */
const INTERNAL_KEY_BYTES = 8;
const TYPE_PUT = 1;

interface BlockHandle {
  readonly offset: number;
  readonly size: number;
}

/**
 * Holds every block of a table against its checksum, which LevelDB itself does not do here: it would believe a changed
 * block, or end the whole process over one that makes no sense.
 * @returns what is wrong; undefined for a sound table, and for one that a crash left without its end, which LevelDB
 * does not use
 */
export function damageOfTable(file: Uint8Array): string | undefined {
  if (!isFinished(file)) return undefined;
  try {
    const footer = new ByteReader(file.subarray(file.length - FOOTER_BYTES));
    const metaIndex = readHandle(footer);
    const index = readHandle(footer);
    for (const handle of [...handlesIn(file, metaIndex), ...handlesIn(file, index)]) sealedBlock(file, handle);
    return undefined;
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}

/**
 * What the sound blocks of a damaged table hold: keys and values as they were put, the newest of each; deletions are
 * left out. Empty when the index is damaged.
 */
export function recordsOfTable(file: Uint8Array): ReadonlyMap<string, KeyValue> {
  const records = new Map<string, KeyValue>();
  const footer = new ByteReader(file.subarray(file.length - FOOTER_BYTES));
  const handles = ifSound(() => {
    readHandle(footer);
    return handlesIn(file, readHandle(footer));
  });
  for (const handle of handles ?? []) {
    const block = ifSound(() => entriesIn(sealedBlock(file, handle)));
    for (const { key, value } of block ?? []) {
      const userKey = key.subarray(0, -INTERNAL_KEY_BYTES);
      const isPut = key[key.length - INTERNAL_KEY_BYTES] === TYPE_PUT;
      const name = keyString(userKey);
      // Of one key the newest comes first.
      if (isPut && !records.has(name)) records.set(name, [userKey, value]);
    }
  }
  return records;
}

function ifSound<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function isFinished(file: Uint8Array): boolean {
  const start = file.length - MAGIC.length;
  return file.length >= FOOTER_BYTES && MAGIC.every((byte, i) => file[start + i] === byte);
}

/** Offsets are varints like ours, except that LevelDB does not insist on the shortest form. */
function readHandle(reader: ByteReader): BlockHandle {
  return { offset: readVarint(reader), size: readVarint(reader) };
}

/** The block with its type byte. @throws DecodeError when it is not there or does not fit its checksum */
function sealedBlock(file: Uint8Array, { offset, size }: BlockHandle): Uint8Array {
  const end = offset + size + TRAILER_BYTES;
  if (end > file.length) throw new DecodeError("a block reaches beyond the file", offset);
  const block = file.subarray(offset, offset + size + 1);
  const masked = new ByteReader(file.subarray(offset + size + 1, end)).u32();
  const crc = crc32c(block);
  if (masked !== (((crc >>> 15) | (crc << 17)) + CRC_MASK_DELTA) >>> 0) {
    throw new DecodeError("checksum of a block does not fit", offset);
  }
  return block;
}

function handlesIn(file: Uint8Array, handle: BlockHandle): BlockHandle[] {
  return entriesIn(sealedBlock(file, handle)).map(({ value }) => readHandle(new ByteReader(value)));
}

/** A block is a list of entries, whose keys share bytes with the one before, then restart points. @throws DecodeError */
function entriesIn(block: Uint8Array): { key: Uint8Array; value: Uint8Array }[] {
  const contents = unpacked(block);
  const restarts = new ByteReader(contents.subarray(contents.length - 4)).u32();
  const reader = new ByteReader(contents.subarray(0, contents.length - 4 * (restarts + 1)));
  const entries: { key: Uint8Array; value: Uint8Array }[] = [];
  let last = new Uint8Array(0);
  while (reader.remaining > 0) {
    const shared = readVarint(reader);
    const own = readVarint(reader);
    const valueBytes = readVarint(reader);
    const key = new Uint8Array(shared + own);
    key.set(last.subarray(0, shared));
    key.set(reader.view(own), shared);
    entries.push({ key, value: reader.view(valueBytes) });
    last = key;
  }
  return entries;
}

function unpacked(block: Uint8Array): Uint8Array {
  const contents = block.subarray(0, -1);
  if (block.at(-1) !== SNAPPY) return contents;
  const reader = new ByteReader(contents);
  const length = readVarint(reader);
  if (length > MAX_INDEX_BLOCK_BYTES) throw new DecodeError("an index larger than any", 0);
  return unpackSnappy(reader, length);
}
