import type { TipRecord } from "@forkyard/core/chain";
import { DecodeError } from "@forkyard/core/errors";
import { type BlockHash, hashToBytes, hashToString } from "@forkyard/core/hash";
import { isMoney } from "@forkyard/core/units";
import { readRecord, writeRecord } from "./record.ts";
import { readVarint, writeVarint } from "./varint.ts";

const LAYOUT = 2;
const COIN_SUM_BYTES = 32;

/** What the store keeps beside what it was told of the tip. */
export interface CoinTotals {
  /** Keyed sum over all coins, 0..2^256-1 (coin-sum.ts). */
  readonly coinSum: bigint;
  /** Counts the batches that moved the tip. */
  readonly flushSequence: number;
}

export interface StoredTip extends CoinTotals {
  readonly tip: TipRecord;
}

export function encodeTip({ tip, coinSum, flushSequence }: StoredTip): Uint8Array {
  return writeRecord(LAYOUT, (writer) => {
    writer.bytes(hashToBytes(tip.hash));
    writeVarint(writer, tip.height);
    writeVarint(writer, tip.coinCount);
    writeVarint(writer, Number(tip.coinTotal));
    writer.bytes(hashToBytes(coinSum.toString(16).padStart(2 * COIN_SUM_BYTES, "0")));
    writeVarint(writer, flushSequence);
  });
}

/** @throws DecodeError */
export function decodeTip(bytes: Uint8Array): StoredTip {
  return readRecord(LAYOUT, bytes, (reader) => {
    const hash = hashToString<BlockHash>(reader.view(32));
    const height = readVarint(reader);
    const coinCount = readVarint(reader);
    const at = reader.offset;
    const coinTotal = BigInt(readVarint(reader));
    if (!isMoney(coinTotal)) throw new DecodeError(`coins of ${coinTotal} satoshis in all`, at);
    const coinSum = BigInt(`0x${hashToString<string>(reader.view(COIN_SUM_BYTES))}`);
    return { tip: { hash, height, coinCount, coinTotal }, coinSum, flushSequence: readVarint(reader) };
  });
}
