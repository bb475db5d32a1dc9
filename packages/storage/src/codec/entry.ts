import type { ByteReader } from "@forkyard/core/bytes/reader";
import type { ByteWriter } from "@forkyard/core/bytes/writer";
import type { BlockStatus, ChainEntry } from "@forkyard/core/chain";
import { DecodeError } from "@forkyard/core/errors";
import { decodeHeader, encodeHeaderTo } from "@forkyard/core/header";
import { parseEntryKey } from "../keys.ts";
import { readRecord, writeRecord } from "./record.ts";
import { readVarint, writeVarint } from "./varint.ts";

const LAYOUT = 1;
/** Work is below 2^256, as the sum of all hashes that can be. */
const MAX_WORK_BYTES = 32;
/** A status is stored as its place in this list: only ever append. */
const STATUSES: readonly BlockStatus[] = ["header", "body", "connected", "invalid"];

/** Header, work and state; hash and height are in the key. */
export function encodeEntry(entry: ChainEntry): Uint8Array {
  return writeRecord(LAYOUT, (writer) => {
    encodeHeaderTo(writer, entry.header);
    writeWork(writer, entry.chainWork);
    writer.i64(BigInt(entry.scheduleTime));
    writer.u8(STATUSES.indexOf(entry.status));
    writeVarint(writer, entry.sequence);
  });
}

/** @throws DecodeError */
export function decodeEntry(key: Uint8Array, bytes: Uint8Array): ChainEntry {
  const { height, hash } = parseEntryKey(key);
  return readRecord(LAYOUT, bytes, (reader) => ({
    hash,
    header: decodeHeader(reader),
    height,
    chainWork: readWork(reader),
    scheduleTime: readSeconds(reader),
    status: readStatus(reader),
    sequence: readVarint(reader),
  }));
}

/** Length, then the bytes of the number, lowest first, none of them superfluous. */
function writeWork(writer: ByteWriter, work: bigint): void {
  const bytes: number[] = [];
  for (let rest = work; rest > 0n; rest >>= 8n) bytes.push(Number(rest & 0xffn));
  writer.varBytes(Uint8Array.from(bytes));
}

function readWork(reader: ByteReader): bigint {
  const at = reader.offset;
  const bytes = reader.varBytes(MAX_WORK_BYTES);
  if (bytes.at(-1) === 0) throw new DecodeError("work is not in its shortest form", at);
  return bytes.reduceRight((work, byte) => (work << 8n) | BigInt(byte), 0n);
}

function readSeconds(reader: ByteReader): number {
  const at = reader.offset;
  const seconds = Number(reader.i64());
  if (!Number.isSafeInteger(seconds)) throw new DecodeError("schedule time is too large", at);
  return seconds;
}

function readStatus(reader: ByteReader): BlockStatus {
  const at = reader.offset;
  const status = STATUSES[reader.u8()];
  if (status === undefined) throw new DecodeError("unknown block status", at);
  return status;
}
