import { ByteReader } from "./bytes/reader.ts";
import { ByteWriter, compactSizeLength } from "./bytes/writer.ts";
import { type BlockHash, hash256, hashToString } from "./hash.ts";
import { type BlockHeader, decodeHeader, encodeHeaderTo } from "./header.ts";
import { HEADER_BYTES, WITNESS_SCALE_FACTOR } from "./limits.ts";
import { Transaction } from "./tx.ts";

/** Least bytes of a transaction: no inputs, no outputs. */
const MIN_TX_BYTES = 10;

/** A block as decoded: well-formed bytes, nothing checked. */
export interface Block {
  readonly hash: BlockHash;
  readonly header: BlockHeader;
  readonly txs: readonly Transaction[];
}

/** Decodes a whole block. @throws DecodeError */
export function blockFromBytes(bytes: Uint8Array): Block {
  const reader = new ByteReader(bytes);
  const block = decodeBlock(reader);
  reader.end();
  return block;
}

/** Decodes the block at the reader's position; its scripts are views on the reader's bytes. @throws DecodeError */
export function decodeBlock(reader: ByteReader): Block {
  const start = reader.offset;
  const header = decodeHeader(reader);
  const hash = hashToString<BlockHash>(hash256(reader.bytes.subarray(start, start + HEADER_BYTES)));
  const count = reader.compactSize(Math.floor(reader.remaining / MIN_TX_BYTES));
  const txs: Transaction[] = [];
  for (let i = 0; i < count; i++) txs.push(Transaction.decode(reader));
  return { hash, header, txs };
}

/** Serialized bytes with witnesses. */
export function encodeBlock(block: Pick<Block, "header" | "txs">): Uint8Array {
  const writer = new ByteWriter(blockSize(block));
  encodeHeaderTo(writer, block.header);
  writer.compactSize(block.txs.length);
  for (const tx of block.txs) tx.encodeTo(writer);
  return writer.finish();
}

/** Bytes with witnesses. */
export function blockSize(block: Pick<Block, "txs">): number {
  return block.txs.reduce((size, tx) => size + tx.totalSize, HEADER_BYTES + compactSizeLength(block.txs.length));
}

/** Bytes without witnesses. */
export function blockStrippedSize(block: Pick<Block, "txs">): number {
  return block.txs.reduce((size, tx) => size + tx.strippedSize, HEADER_BYTES + compactSizeLength(block.txs.length));
}

/** BIP141 weight units. */
export function blockWeight(block: Pick<Block, "txs">): number {
  return blockStrippedSize(block) * (WITNESS_SCALE_FACTOR - 1) + blockSize(block);
}
