import type { BlockHash } from "@forkyard/core/hash";
import type { BlockHeader } from "@forkyard/core/header";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { ruleError } from "./codes.ts";
import { bitsToTarget, hasProofOfWork } from "./target.ts";

/**
 * Checks a header in itself: its work against its own bits. Cheap, and what makes all further effort costly to a liar.
 * @param hash of this header
 * @throws RuleError high-hash
 */
export function checkHeader(header: BlockHeader, hash: BlockHash, params: NetworkParams): void {
  if (!isSealed(hash, header.bits, params)) throw ruleError("high-hash", { hash });
}

/** True when a header of this hash and these bits took the work that the bits name, or its world's lot fell on it. */
export function isSealed(hash: BlockHash, bits: number, params: NetworkParams): boolean {
  if (params.drawnByLot === undefined) return hasProofOfWork(hash, bits, params.powLimit);
  const target = bitsToTarget(bits);
  return target > 0n && target <= params.powLimit && params.drawnByLot(hash);
}
