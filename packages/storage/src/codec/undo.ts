import type { ByteReader } from "@forkyard/core/bytes/reader";
import type { ByteWriter } from "@forkyard/core/bytes/writer";
import type { BlockDelta, CoinChange } from "@forkyard/core/coins";
import { hashToString, type Txid } from "@forkyard/core/hash";
import { COIN_BYTES_BESIDE_SCRIPT, readCoin, writeCoin } from "./coin.ts";
import { readRecord, writeRecord } from "./record.ts";
import { readVarint, writeVarint } from "./varint.ts";

const LAYOUT = 1;
/** Layout and both counts, at most. */
const COUNT_BYTES = 1 + 2 * 8;
const OUT_POINT_BYTES = 32 + 5;

/** The coins a block spent, in the order of its inputs, and the ones it made. */
export function encodeUndo(delta: BlockDelta): Uint8Array {
  return writeRecord(
    LAYOUT,
    (writer) => {
      writeChanges(writer, delta.spent);
      writeChanges(writer, delta.created);
    },
    undoBytes(delta),
  );
}

/** Length of {@link encodeUndo}'s answer, at most. */
export function undoBytes({ spent, created }: BlockDelta): number {
  return COUNT_BYTES + bytesOf(spent) + bytesOf(created);
}

function bytesOf(changes: readonly CoinChange[]): number {
  return changes.reduce(
    (sum, { coin }) => sum + OUT_POINT_BYTES + COIN_BYTES_BESIDE_SCRIPT + coin.output.scriptPubKey.length,
    0,
  );
}

/** @throws DecodeError */
export function decodeUndo(bytes: Uint8Array): BlockDelta {
  return readRecord(LAYOUT, bytes, (reader) => ({ spent: readChanges(reader), created: readChanges(reader) }));
}

function writeChanges(writer: ByteWriter, changes: readonly CoinChange[]): void {
  writeVarint(writer, changes.length);
  for (const { outPoint, coin } of changes) {
    writer.reversedHex(outPoint.txid);
    writeVarint(writer, outPoint.vout);
    writeCoin(writer, coin);
  }
}

function readChanges(reader: ByteReader): CoinChange[] {
  const count = readVarint(reader);
  const changes: CoinChange[] = [];
  // A wrong count ends in the reader's own error at the end of the bytes: nothing is reserved by it.
  for (let i = 0; i < count; i++) {
    const txid = hashToString<Txid>(reader.view(32));
    changes.push({ outPoint: { txid, vout: readVarint(reader) }, coin: readCoin(reader) });
  }
  return changes;
}
