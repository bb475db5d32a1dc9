import type { ChainEntry } from "@forkyard/core/chain";
import type { NetworkParams } from "@forkyard/core/params/network-params";
import type { Ancestry } from "../ancestry.ts";
import { asertBits } from "./asert.ts";
import { bitcoinBits } from "./bitcoin.ts";

/**
 * Bits that the child of `parent` must have.
 * @param headerTime the child's own time: it matters where test networks allow easy blocks after a long gap
 */
export function nextBits(parent: ChainEntry, headerTime: number, ancestry: Ancestry, params: NetworkParams): number {
  const rule = params.retarget;
  if (rule.kind === "none") return parent.header.bits;
  if (rule.kind === "asert") return asertBits(parent, rule, params);
  return bitcoinBits(parent, headerTime, ancestry, rule, params);
}
