import { utf8ToBytes } from "@noble/hashes/utils.js";
import { concatBytes } from "./bytes/bytes.ts";
import { sha256 } from "./hash.ts";

/** Hashes the joined parts under a tag. */
export type TaggedHash = (...parts: readonly Uint8Array[]) => Uint8Array;

/**
 * BIP340's tagged hash: SHA-256 of the tag's own hash twice, then of the parts. The tag's block is hashed again each
 * time: for messages as short as these, going on from a saved state would cost more than it saves.
 */
export function taggedHash(tag: string): TaggedHash {
  const tagDigest = sha256(utf8ToBytes(tag));
  return (...parts) => sha256(concatBytes(tagDigest, tagDigest, ...parts));
}
