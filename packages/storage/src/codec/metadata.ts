import { ByteReader } from "@forkyard/core/bytes/reader";
import { DecodeError } from "@forkyard/core/errors";
import { type BlockHash, hashToBytes, hashToString } from "@forkyard/core/hash";
import { COIN_SUM_KEY_BYTES } from "../coin-sum.ts";
import { MAX_NETWORK_NAME_BYTES } from "../limits.ts";
import { readRecord, writeRecord } from "./record.ts";
import { readVarint, writeVarint } from "./varint.ts";

const LAYOUT = 2;

/** Which chain a data folder belongs to. */
export interface ChainIdentity {
  readonly networkName: string;
  readonly genesisHash: BlockHash;
}

export interface Metadata extends ChainIdentity {
  /** Number of the key space and record layouts together. */
  readonly schemaVersion: number;
  /** Key of the sum over all coins. */
  readonly coinSumKey: Uint8Array;
}

export function encodeMetadata(metadata: Metadata): Uint8Array {
  return writeRecord(LAYOUT, (writer) => {
    writeVarint(writer, metadata.schemaVersion);
    writer.varBytes(new TextEncoder().encode(metadata.networkName));
    writer.bytes(hashToBytes(metadata.genesisHash));
    writer.bytes(metadata.coinSumKey);
  });
}

/** The schema's number stands in the same place in every layout. @throws DecodeError */
export function schemaVersionOf(bytes: Uint8Array): number {
  const reader = new ByteReader(bytes);
  reader.u8();
  return readVarint(reader);
}

/** @throws DecodeError */
export function decodeMetadata(bytes: Uint8Array): Metadata {
  return readRecord(LAYOUT, bytes, (reader) => ({
    schemaVersion: readVarint(reader),
    networkName: readText(reader),
    genesisHash: hashToString<BlockHash>(reader.view(32)),
    coinSumKey: reader.view(COIN_SUM_KEY_BYTES).slice(),
  }));
}

/** UTF-8, nothing replaced and nothing left out, so that only what was written reads as it. */
function readText(reader: ByteReader): string {
  const at = reader.offset;
  const bytes = reader.varBytes(MAX_NETWORK_NAME_BYTES);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new DecodeError("text is not UTF-8", at);
  }
}
