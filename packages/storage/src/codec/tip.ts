import type { TipRecord } from "@forkyard/core/chain";
import { DecodeError } from "@forkyard/core/errors";
import { type BlockHash, hashToBytes, hashToString } from "@forkyard/core/hash";
import { isMoney } from "@forkyard/core/units";
import { readRecord, writeRecord } from "./record.ts";
import { readVarint, writeVarint } from "./varint.ts";

const LAYOUT = 1;

export function encodeTip(tip: TipRecord): Uint8Array {
  return writeRecord(LAYOUT, (writer) => {
    writer.bytes(hashToBytes(tip.hash));
    writeVarint(writer, tip.height);
    writeVarint(writer, tip.coinCount);
    writeVarint(writer, Number(tip.coinTotal));
  });
}

/** @throws DecodeError */
export function decodeTip(bytes: Uint8Array): TipRecord {
  return readRecord(LAYOUT, bytes, (reader) => {
    const hash = hashToString<BlockHash>(reader.view(32));
    const height = readVarint(reader);
    const coinCount = readVarint(reader);
    const at = reader.offset;
    const coinTotal = BigInt(readVarint(reader));
    if (!isMoney(coinTotal)) throw new DecodeError(`coins of ${coinTotal} satoshis in all`, at);
    return { hash, height, coinCount, coinTotal };
  });
}
