import type { BlockHash } from "@forkyard/core/hash";
import type { BlockHeader } from "@forkyard/core/header";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { ruleError } from "./codes.ts";
import { hasProofOfWork } from "./target.ts";

/**
 * Checks a header in itself: its work against its own bits. Cheap, and what makes all further effort costly to a liar.
 * @param hash of this header
 * @throws RuleError high-hash
 */
export function checkHeader(header: BlockHeader, hash: BlockHash, params: NetworkParams): void {
  if (!hasProofOfWork(hash, header.bits, params.powLimit)) throw ruleError("high-hash", { hash });
}
