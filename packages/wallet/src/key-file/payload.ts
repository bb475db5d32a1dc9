import { ByteReader } from "@forkyard/core/bytes/reader";
import { ByteWriter } from "@forkyard/core/bytes/writer";
import { DecodeError } from "@forkyard/core/errors";
import { SEED_BYTES } from "../keys/key-chain.ts";
import { KEY_BRANCHES, type KeyIndexes } from "../keys/key-path.ts";
import { MAX_KEY_INDEX } from "../limits.ts";

/** What a key file keeps secret. */
export interface KeyFilePayload {
  /** `chainId` of the network: keys of one chain are not opened on another by mistake. */
  readonly chain: string;
  readonly seed: Uint8Array;
  /** All keys below these indexes count as given out. */
  readonly nextKeys: KeyIndexes;
}

const MAX_CHAIN_BYTES = 255;

export function encodePayload(payload: KeyFilePayload): Uint8Array {
  const writer = new ByteWriter();
  writer.varBytes(new TextEncoder().encode(payload.chain)).varBytes(payload.seed);
  for (const branch of KEY_BRANCHES) writer.u32(payload.nextKeys[branch]);
  return writer.finish();
}

/** @throws DecodeError */
export function decodePayload(bytes: Uint8Array): KeyFilePayload {
  const reader = new ByteReader(bytes);
  const chain = new TextDecoder().decode(reader.varBytes(MAX_CHAIN_BYTES));
  const seed = reader.varBytes(SEED_BYTES).slice();
  if (seed.length !== SEED_BYTES) throw new DecodeError(`a seed of ${seed.length} bytes`, reader.offset);
  const [receive, change, legacy] = KEY_BRANCHES.map(() => readIndex(reader));
  reader.end();
  return { chain, seed, nextKeys: { receive, change, legacy } as KeyIndexes };
}

function readIndex(reader: ByteReader): number {
  const index = reader.u32();
  if (index > MAX_KEY_INDEX) throw new DecodeError(`key index ${index} is above the limit`, reader.offset);
  return index;
}
