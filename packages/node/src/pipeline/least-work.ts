import { isSealed } from "@forkyard/consensus/rules/check-header";
import { workOfBits } from "@forkyard/consensus/rules/target";
import type { ChainEntry } from "@forkyard/core/chain";
import type { BlockHash } from "@forkyard/core/hash";
import { type BlockHeader, blockHashOf } from "@forkyard/core/header";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import { LEAST_WORK_RESERVE_BLOCKS } from "../limits.ts";

/**
 * Work that a chain must have before anything of it is stored for a peer (Bitcoin Core `GetAntiDoSWorkThreshold`): as
 * much as ours, but for a reserve of so many blocks as hard as our last. Headers below it are cheap to make in any number.
 */
export function leastWork(tip: ChainEntry): bigint {
  const least = tip.chainWork - BigInt(LEAST_WORK_RESERVE_BLOCKS) * workOfBits(tip.header.bits);
  return least > 0n ? least : 0n;
}

/** Work of headers that follow one another, each with its proof; undefined when they do not or one has none. */
export function provenWork(headers: readonly BlockHeader[], params: NetworkParams): bigint | undefined {
  let work = 0n;
  let last: BlockHash | undefined;
  for (const header of headers) {
    const hash = blockHashOf(header);
    if (last !== undefined && header.prevHash !== last) return undefined;
    if (!isSealed(hash, header.bits, params)) return undefined;
    work += workOfBits(header.bits);
    last = hash;
  }
  return work;
}
