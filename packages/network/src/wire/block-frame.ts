import { DecodeError } from "@forkyard/core/errors";
import { type BlockHash, hash256, hashToString } from "@forkyard/core/hash";
import { HEADER_BYTES } from "@forkyard/core/limits";

/** Hash of the block whose serialized bytes these claim to be: only the header is looked at. @throws DecodeError */
export function blockFrameHash(bytes: Uint8Array): BlockHash {
  if (bytes.length <= HEADER_BYTES) throw new DecodeError("block without transactions", bytes.length);
  return hashToString<BlockHash>(hash256(bytes.subarray(0, HEADER_BYTES)));
}
