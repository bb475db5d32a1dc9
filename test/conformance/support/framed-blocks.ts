import { type Block, blockFromBytes } from "@forkyard/core/block";
import { fromHex, toHex } from "@forkyard/core/bytes/bytes";
import { ByteReader } from "@forkyard/core/bytes/reader";

/** Blocks of a file that frames each with the network's magic and its length. */
export function framedBlocks(bytes: Uint8Array, magic: string): Block[] {
  const reader = new ByteReader(bytes);
  const blocks: Block[] = [];
  while (reader.remaining > 0) {
    const found = toHex(reader.view(4));
    if (found !== magic) throw new RangeError(`expected magic ${magic}, found ${found}`);
    blocks.push(blockFromBytes(reader.view(reader.u32())));
  }
  return blocks;
}

/** Block of a hexadecimal text. */
export function blockFromHex(text: string): Block {
  return blockFromBytes(fromHex(text));
}
