import type { ByteReader } from "@forkyard/core/bytes/reader";
import type { ByteWriter } from "@forkyard/core/bytes/writer";
import type { Coin } from "@forkyard/core/coins";
import { assert, DecodeError } from "@forkyard/core/errors";
import { isMoney } from "@forkyard/core/units";
import { readRecord, writeRecord } from "./record.ts";
import { readVarint, writeVarint } from "./varint.ts";

const LAYOUT = 1;
/** At most: layout, height with flag, value, length of the script. */
export const COIN_BYTES_BESIDE_SCRIPT: number = 1 + 5 + 8 + 5;

export function encodeCoin(coin: Coin): Uint8Array {
  const capacity = COIN_BYTES_BESIDE_SCRIPT + coin.output.scriptPubKey.length;
  return writeRecord(LAYOUT, (writer) => writeCoin(writer, coin), capacity);
}

/** @throws DecodeError */
export function decodeCoin(bytes: Uint8Array): Coin {
  return readRecord(LAYOUT, bytes, readCoin);
}

/** Height and coinbase flag in one number, then value and script. */
export function writeCoin(writer: ByteWriter, coin: Coin): void {
  assert(isMoney(coin.output.value), `coin of ${coin.output.value} satoshis`);
  writeVarint(writer, coin.height * 2 + (coin.coinbase ? 1 : 0));
  writeVarint(writer, Number(coin.output.value));
  writer.varBytes(coin.output.scriptPubKey);
}

/** @throws DecodeError */
export function readCoin(reader: ByteReader): Coin {
  const heightAndFlag = readVarint(reader);
  const at = reader.offset;
  const value = BigInt(readVarint(reader));
  if (!isMoney(value)) throw new DecodeError(`coin of ${value} satoshis`, at);
  const scriptPubKey = reader.varBytes();
  return {
    output: { value, scriptPubKey },
    height: Math.floor(heightAndFlag / 2),
    coinbase: heightAndFlag % 2 === 1,
  };
}
