import { ByteReader } from "./bytes/reader.ts";
import { ByteWriter } from "./bytes/writer.ts";
import { type BlockHash, hash256, hashToString, type MerkleRoot } from "./hash.ts";
import { HEADER_BYTES } from "./limits.ts";

/** The six fields of a block header: 80 bytes on the wire. */
export interface BlockHeader {
  /** Signed 32-bit. */
  readonly version: number;
  readonly prevHash: BlockHash;
  readonly merkleRoot: MerkleRoot;
  /** Seconds since 1970, unsigned 32-bit. */
  readonly time: number;
  /** Target in compact form, unsigned 32-bit. */
  readonly bits: number;
  /** Unsigned 32-bit. */
  readonly nonce: number;
}

export function encodeHeaderTo(writer: ByteWriter, header: BlockHeader): void {
  writer
    .i32(header.version)
    .reversedHex(header.prevHash)
    .reversedHex(header.merkleRoot)
    .u32(header.time)
    .u32(header.bits)
    .u32(header.nonce);
}

export function encodeHeader(header: BlockHeader): Uint8Array {
  const writer = new ByteWriter(HEADER_BYTES);
  encodeHeaderTo(writer, header);
  return writer.finish();
}

export function decodeHeader(reader: ByteReader): BlockHeader {
  return {
    version: reader.i32(),
    prevHash: hashToString<BlockHash>(reader.view(32)),
    merkleRoot: hashToString<MerkleRoot>(reader.view(32)),
    time: reader.u32(),
    bits: reader.u32(),
    nonce: reader.u32(),
  };
}

/** Decodes exactly 80 bytes. @throws DecodeError */
export function headerFromBytes(bytes: Uint8Array): BlockHeader {
  const reader = new ByteReader(bytes);
  const header = decodeHeader(reader);
  reader.end();
  return header;
}

/** The hash that proof of work is about, in display order. */
export function blockHashOf(header: BlockHeader): BlockHash {
  return hashToString<BlockHash>(hash256(encodeHeader(header)));
}
