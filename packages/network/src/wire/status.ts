import { ByteReader } from "@forkyard/core/bytes/reader";
import { ByteWriter } from "@forkyard/core/bytes/writer";
import { assert, DecodeError } from "@forkyard/core/errors";
import { type BlockHash, hashToBytes, hashToString } from "@forkyard/core/hash";
import { MAX_USER_AGENT_BYTES } from "../limits.ts";

/** What a node says of itself when it meets another: request and answer of the `status` protocol. */
export interface Status {
  readonly genesisHash: BlockHash;
  /** Height of the chain whose blocks it can serve. */
  readonly height: number;
  readonly tip: BlockHash;
  /** Work of that chain up to the tip: expected hashes. Below 2^256. */
  readonly chainWork: bigint;
  /** Printable ASCII, at most 256 characters. */
  readonly userAgent: string;
}

const HASH_BYTES = 32;
const WORK_BYTES = 32;
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** Bytes: genesis hash, height (u32), tip hash, work (32 bytes, little-endian), user agent (compactSize length). */
export function encodeStatus(status: Status): Uint8Array {
  assert(status.userAgent.length <= MAX_USER_AGENT_BYTES, "user agent too long");
  assert(PRINTABLE_ASCII.test(status.userAgent), "user agent is not printable ASCII");
  const writer = new ByteWriter();
  writer.bytes(hashToBytes(status.genesisHash)).u32(status.height).bytes(hashToBytes(status.tip));
  for (let i = 0; i < WORK_BYTES / 8; i++) writer.u64(BigInt.asUintN(64, status.chainWork >> BigInt(64 * i)));
  return writer.varBytes(new TextEncoder().encode(status.userAgent)).finish();
}

/** @throws DecodeError */
export function decodeStatus(bytes: Uint8Array): Status {
  const reader = new ByteReader(bytes);
  const genesisHash = hashToString<BlockHash>(reader.view(HASH_BYTES));
  const height = reader.u32();
  const tip = hashToString<BlockHash>(reader.view(HASH_BYTES));
  let chainWork = 0n;
  for (let i = 0; i < WORK_BYTES / 8; i++) chainWork |= reader.u64() << BigInt(64 * i);
  const at = reader.offset;
  const userAgent = new TextDecoder("latin1").decode(reader.varBytes(MAX_USER_AGENT_BYTES));
  if (!PRINTABLE_ASCII.test(userAgent)) throw new DecodeError("user agent is not printable ASCII", at);
  reader.end();
  return { genesisHash, height, tip, chainWork, userAgent };
}
