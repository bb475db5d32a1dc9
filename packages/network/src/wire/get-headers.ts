import { ByteReader } from "@forkyard/core/bytes/reader";
import { ByteWriter } from "@forkyard/core/bytes/writer";
import { assert } from "@forkyard/core/errors";
import { type BlockHash, hashToBytes, hashToString, ZERO_HASH } from "@forkyard/core/hash";
import { MAX_LOCATOR_HASHES } from "../limits.ts";
import { readHashes, writeHashes } from "./hash-list.ts";

/** Asks for the headers after the first hash of the locator that the other side has on its chain. */
export interface GetHeaders {
  /** Newest first. */
  readonly locator: readonly BlockHash[];
  /** Last header wanted; absent: as many as fit. */
  readonly stop?: BlockHash;
}

/** Version field of Bitcoin's message; nothing depends on it here. */
const WIRE_VERSION = 70016;

/** Payload of Bitcoin's `getheaders`. */
export function encodeGetHeaders(message: GetHeaders): Uint8Array {
  assert(message.locator.length <= MAX_LOCATOR_HASHES, `locator of ${message.locator.length} hashes`);
  const writer = new ByteWriter();
  writer.u32(WIRE_VERSION);
  writeHashes(writer, message.locator);
  return writer.bytes(hashToBytes(message.stop ?? ZERO_HASH)).finish();
}

/** @throws DecodeError */
export function decodeGetHeaders(bytes: Uint8Array): GetHeaders {
  const reader = new ByteReader(bytes);
  reader.u32();
  const locator = readHashes<BlockHash>(reader, MAX_LOCATOR_HASHES);
  const stop = hashToString<BlockHash>(reader.view(32));
  reader.end();
  return stop === ZERO_HASH ? { locator } : { locator, stop };
}
