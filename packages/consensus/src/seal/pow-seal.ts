import { type BlockHash, hash256, hashToString } from "@forkyard/core/hash";
import { hashMeetsTarget } from "../rules/target.ts";

/**
 * True when the hash of a header is its proof of work: not above the target. Hashes the plain way, with the library
 * that all other hashes come from, so that it can judge the grinders. Whether `target` is the one that the chain asks
 * for is decided by the header rules.
 * @param header 80 bytes
 */
export function sealsHeader(header: Uint8Array, target: bigint): boolean {
  return hashMeetsTarget(hashToString<BlockHash>(hash256(header)), target);
}
