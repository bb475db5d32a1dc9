import type { BlockHash } from "@forkyard/core/hash";
import { MAX_BLOCKS_PER_REQUEST } from "../limits.ts";
import { decodeHashList, encodeHashList } from "./hash-list.ts";

/**
 * Asks for whole blocks. The answer is one frame a block, in the order asked, and stops before the first that the other
 * side has not, or where the answer would get too long.
 */
export function encodeGetBlocks(hashes: readonly BlockHash[]): Uint8Array {
  return encodeHashList(hashes, MAX_BLOCKS_PER_REQUEST);
}

/** @throws DecodeError */
export function decodeGetBlocks(bytes: Uint8Array): readonly BlockHash[] {
  return decodeHashList<BlockHash>(bytes, MAX_BLOCKS_PER_REQUEST);
}
