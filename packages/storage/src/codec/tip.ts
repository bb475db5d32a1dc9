import type { ByteReader } from "@forkyard/core/bytes/reader";
import type { ByteWriter } from "@forkyard/core/bytes/writer";
import type { TipRecord } from "@forkyard/core/chain";
import { DecodeError } from "@forkyard/core/errors";
import { type BlockHash, hashToBytes, hashToString } from "@forkyard/core/hash";
import { isMoney } from "@forkyard/core/units";
import { readRecord, writeRecord } from "./record.ts";
import { readVarint, writeVarint } from "./varint.ts";

const LAYOUT = 2;
const RECORD_LAYOUT = 1;
const COIN_SUM_BYTES = 32;

/** What the store keeps beside what it was told of the tip. */
export interface CoinTotals {
  /** Keyed sum over all coins, 0..2^256-1 (coin-sum.ts). */
  readonly coinSum: bigint;
  /** Counts how often coins were stored. */
  readonly flushSequence: number;
}

export interface StoredTip extends CoinTotals {
  readonly tip: TipRecord;
}

/** The tip that the stored coins belong to, and what they come to. */
export function encodeTip({ tip, coinSum, flushSequence }: StoredTip): Uint8Array {
  return writeRecord(LAYOUT, (writer) => {
    writeTipRecord(writer, tip);
    writer.bytes(hashToBytes(coinSum.toString(16).padStart(2 * COIN_SUM_BYTES, "0")));
    writeVarint(writer, flushSequence);
  });
}

/** @throws DecodeError */
export function decodeTip(bytes: Uint8Array): StoredTip {
  return readRecord(LAYOUT, bytes, (reader) => {
    const tip = readTipRecord(reader);
    const coinSum = BigInt(`0x${hashToString<string>(reader.view(COIN_SUM_BYTES))}`);
    return { tip, coinSum, flushSequence: readVarint(reader) };
  });
}

/** A tip whose coins need not be stored yet. */
export function encodeTipRecord(tip: TipRecord): Uint8Array {
  return writeRecord(RECORD_LAYOUT, (writer) => writeTipRecord(writer, tip));
}

/** @throws DecodeError */
export function decodeTipRecord(bytes: Uint8Array): TipRecord {
  return readRecord(RECORD_LAYOUT, bytes, readTipRecord);
}

function writeTipRecord(writer: ByteWriter, tip: TipRecord): void {
  writer.bytes(hashToBytes(tip.hash));
  writeVarint(writer, tip.height);
  writeVarint(writer, tip.coinCount);
  writeVarint(writer, Number(tip.coinTotal));
}

function readTipRecord(reader: ByteReader): TipRecord {
  const hash = hashToString<BlockHash>(reader.view(32));
  const height = readVarint(reader);
  const coinCount = readVarint(reader);
  const at = reader.offset;
  const coinTotal = BigInt(readVarint(reader));
  if (!isMoney(coinTotal)) throw new DecodeError(`coins of ${coinTotal} satoshis in all`, at);
  return { hash, height, coinCount, coinTotal };
}
