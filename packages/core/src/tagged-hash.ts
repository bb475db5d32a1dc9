import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { concatBytes } from "./bytes/bytes.ts";

/** Hashes the joined parts under a tag. */
export type TaggedHash = (...parts: readonly Uint8Array[]) => Uint8Array;

/**
 * BIP340's tagged hash: SHA-256 of the tag's own hash twice, then of the parts. The first block is always the same, so
 * it is hashed once here and every call goes on from there.
 */
export function taggedHash(tag: string): TaggedHash {
  const tagDigest = sha256(utf8ToBytes(tag));
  const start = sha256.create().update(concatBytes(tagDigest, tagDigest));
  return (...parts) => {
    const hasher = start.clone();
    for (const part of parts) hasher.update(part);
    return hasher.digest();
  };
}
