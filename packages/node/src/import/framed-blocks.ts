import { toHex } from "@forkyard/core/bytes/bytes";
import { ByteReader } from "@forkyard/core/bytes/reader";
import { DecodeError } from "@forkyard/core/errors";
import { MAX_BLOCK_BYTES } from "@forkyard/core/limits";

const MAGIC_BYTES = 4;
const FRAME_HEADER_BYTES = 8;

/** One block of a file as bitcoind writes them: network magic, length, serialized block. */
export interface FramedBlock {
  readonly bytes: Uint8Array;
  /** Where the frame starts in the file. */
  readonly offset: number;
}

/**
 * Walks through the frames of a block file.
 * @param magic eight hex digits, as in the network's parameters
 * @throws DecodeError for another magic, a length no block can have, or an end in the middle of a frame
 */
export function* framedBlocks(file: Uint8Array, magic: string): Generator<FramedBlock> {
  const reader = new ByteReader(file);
  while (reader.remaining > 0) {
    const offset = reader.offset;
    if (reader.remaining < FRAME_HEADER_BYTES) throw new DecodeError("the file ends within a frame", offset);
    const found = toHex(reader.view(MAGIC_BYTES));
    if (found !== magic) throw new DecodeError(`network magic ${found} instead of ${magic}`, offset);
    const length = reader.u32();
    if (length > MAX_BLOCK_BYTES) throw new DecodeError(`a block of ${length} bytes`, offset);
    yield { bytes: reader.view(length), offset };
  }
}
