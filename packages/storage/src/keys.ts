import { toHex } from "@forkyard/core/bytes/bytes";
import type { ChainEntry } from "@forkyard/core/chain";
import { DecodeError } from "@forkyard/core/errors";
import { type BlockHash, hashToBytes, hashToString, type Txid } from "@forkyard/core/hash";
import type { OutPoint } from "@forkyard/core/tx";

/**
 * The whole key space. One ASCII letter, then the fields in their fixed width; numbers are big-endian so that the byte
 * order of keys is the order of heights and indexes; hashes are 32 bytes in hashing order.
 *
 * | letter | key fields            | value                                              | codec             |
 * | ------ | --------------------- | -------------------------------------------------- | ----------------- |
 * | m      | -                     | schema, network, genesis hash, key of the coin sum | codec/metadata.ts |
 * | s      | -                     | nothing; present only while the store is closed    | (empty)           |
 * | t      | -                     | tip of the stored coins; count, total, sum of them | codec/tip.ts      |
 * | h      | -                     | tip, count and total of coins, stored or not yet   | codec/tip.ts      |
 * | f      | -                     | the same, while coins are stored in several batches | codec/tip.ts     |
 * | p      | -                     | height up to which bodies and undo were pruned     | codec/pruned.ts   |
 * | e      | height u32, hash      | header, work, status, arrival order of a block     | codec/entry.ts    |
 * | b      | hash                  | the block as serialized for the network (BIP144)   | (as it is)        |
 * | u      | hash                  | coins the block spent and made                     | codec/undo.ts     |
 * | c      | txid, index u32       | output, height, coinbase flag                      | codec/coin.ts     |
 *
 * Every value ends with a checksum over key and value (codec/checksum.ts).
 */
const PREFIX = {
  metadata: "m",
  closedCleanly: "s",
  tip: "t",
  chainTip: "h",
  flushing: "f",
  pruned: "p",
  entry: "e",
  block: "b",
  undo: "u",
  coin: "c",
} as const;

const HASH_BYTES = 32;
const U32_BYTES = 4;
const ENTRY_KEY_BYTES = 1 + U32_BYTES + HASH_BYTES;
const COIN_KEY_BYTES = 1 + HASH_BYTES + U32_BYTES;

/** Keys from `from` (included) up to `to` (not included). */
export interface KeyRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

export const METADATA_KEY: Uint8Array = Uint8Array.of(letter(PREFIX.metadata));
export const CLOSED_CLEANLY_KEY: Uint8Array = Uint8Array.of(letter(PREFIX.closedCleanly));
export const TIP_KEY: Uint8Array = Uint8Array.of(letter(PREFIX.tip));
/** The tip of the chain: ahead of the stored coins until they are flushed. */
export const CHAIN_TIP_KEY: Uint8Array = Uint8Array.of(letter(PREFIX.chainTip));
/** There while coins are stored in several batches: which tip they will belong to. */
export const FLUSHING_KEY: Uint8Array = Uint8Array.of(letter(PREFIX.flushing));
export const PRUNED_KEY: Uint8Array = Uint8Array.of(letter(PREFIX.pruned));
export const BLOCK_RANGE: KeyRange = rangeOf(PREFIX.block);
export const ENTRY_RANGE: KeyRange = rangeOf(PREFIX.entry);
export const COIN_RANGE: KeyRange = rangeOf(PREFIX.coin);
/** Every key that can be. */
export const WHOLE_RANGE: KeyRange = { from: new Uint8Array(0), to: Uint8Array.of(0xff) };

export function entryKey(entry: Pick<ChainEntry, "height" | "hash">): Uint8Array {
  const key = new Uint8Array(ENTRY_KEY_BYTES);
  key[0] = letter(PREFIX.entry);
  writeU32(key, 1, entry.height);
  key.set(hashToBytes(entry.hash), 1 + U32_BYTES);
  return key;
}

/** @throws DecodeError */
export function parseEntryKey(key: Uint8Array): { height: number; hash: BlockHash } {
  checkLength(key, ENTRY_KEY_BYTES);
  return { height: readU32(key, 1), hash: hashToString<BlockHash>(key.subarray(1 + U32_BYTES)) };
}

export function blockKey(hash: BlockHash): Uint8Array {
  return hashKey(PREFIX.block, hash);
}

/** @throws DecodeError */
export function parseBlockKey(key: Uint8Array): BlockHash {
  checkLength(key, 1 + HASH_BYTES);
  return hashToString<BlockHash>(key.subarray(1));
}

export function undoKey(hash: BlockHash): Uint8Array {
  return hashKey(PREFIX.undo, hash);
}

export function coinKey(outPoint: OutPoint): Uint8Array {
  const key = new Uint8Array(COIN_KEY_BYTES);
  key[0] = letter(PREFIX.coin);
  key.set(hashToBytes(outPoint.txid), 1);
  writeU32(key, 1 + HASH_BYTES, outPoint.vout);
  return key;
}

/** @throws DecodeError */
export function parseCoinKey(key: Uint8Array): OutPoint {
  checkLength(key, COIN_KEY_BYTES);
  return { txid: hashToString<Txid>(key.subarray(1, 1 + HASH_BYTES)), vout: readU32(key, 1 + HASH_BYTES) };
}

/** A key for an error line: its letter and the rest in hexadecimal. */
export function describeKey(key: Uint8Array): string {
  return `${String.fromCharCode(key[0] ?? 0x3f)}/${toHex(key.subarray(1))}`;
}

function hashKey(prefix: string, hash: string): Uint8Array {
  const key = new Uint8Array(1 + HASH_BYTES);
  key[0] = letter(prefix);
  key.set(hashToBytes(hash), 1);
  return key;
}

function rangeOf(prefix: string): KeyRange {
  return { from: Uint8Array.of(letter(prefix)), to: Uint8Array.of(letter(prefix) + 1) };
}

function letter(prefix: string): number {
  return prefix.charCodeAt(0);
}

function checkLength(key: Uint8Array, length: number): void {
  if (key.length !== length) throw new DecodeError(`a key of ${key.length} bytes where ${length} are due`, key.length);
}

/** Byte by byte: a DataView for each key was a tenth of the time of reading a coin. */
function writeU32(bytes: Uint8Array, offset: number, value: number): void {
  for (let i = 0; i < U32_BYTES; i++) bytes[offset + i] = value >>> (8 * (U32_BYTES - 1 - i));
}

function readU32(bytes: Uint8Array, offset: number): number {
  let value = 0;
  for (let i = 0; i < U32_BYTES; i++) value = value * 256 + (bytes[offset + i] as number);
  return value;
}
