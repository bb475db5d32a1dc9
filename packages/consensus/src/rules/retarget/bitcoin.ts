import type { ChainEntry } from "@forkyard/core/chain";
import type { NetworkParams, RetargetRule } from "@forkyard/core/params/network-params";
import type { Ancestry } from "../ancestry.ts";
import { bitsToTarget, targetToBits } from "../target.ts";

export type BitcoinRule = Extract<RetargetRule, { kind: "bitcoin" }>;

/** A period counts as at least a quarter and at most four times what it should take. */
const MAX_ADJUSTMENT = 4;

/** Bits of the child of `parent` dated `headerTime` (Bitcoin Core `GetNextWorkRequired`). */
export function bitcoinBits(
  parent: ChainEntry,
  headerTime: number,
  ancestry: Ancestry,
  rule: BitcoinRule,
  params: NetworkParams,
): number {
  const height = parent.height + 1;
  if (height % rule.intervalBlocks === 0) return periodBits(parent, ancestry, rule, params);
  if (rule.minDifficultyAfterSeconds === undefined) return parent.header.bits;
  if (headerTime > parent.header.time + rule.minDifficultyAfterSeconds) return targetToBits(params.powLimit);
  return lastOrdinaryBits(parent, ancestry, rule, params);
}

/**
 * New bits from old ones and the seconds between the first and last block of a period (Bitcoin Core
 * `CalculateNextWorkRequired`). The period has one interval less than blocks; Bitcoin has always counted so.
 */
export function retargetedBits(
  oldBits: number,
  actualSeconds: number,
  rule: Pick<BitcoinRule, "intervalBlocks">,
  params: Pick<NetworkParams, "spacingSeconds" | "powLimit">,
): number {
  const idealSeconds = rule.intervalBlocks * params.spacingSeconds;
  const shortest = Math.floor(idealSeconds / MAX_ADJUSTMENT);
  const countedSeconds = Math.min(Math.max(actualSeconds, shortest), idealSeconds * MAX_ADJUSTMENT);
  const target = (bitsToTarget(oldBits) * BigInt(countedSeconds)) / BigInt(idealSeconds);
  return targetToBits(target > params.powLimit ? params.powLimit : target);
}

/** Bits of the first block of a new period. */
function periodBits(parent: ChainEntry, ancestry: Ancestry, rule: BitcoinRule, params: NetworkParams): number {
  const first = ancestry.ancestor(parent, parent.height - (rule.intervalBlocks - 1));
  // BIP94: the last block of a period may have minimum difficulty by exception; the first one has the true bits.
  const oldBits = rule.bip94 === true ? first.header.bits : parent.header.bits;
  return retargetedBits(oldBits, parent.header.time - first.header.time, rule, params);
}

/** Bits of the last block of this period that did not use the minimum-difficulty exception. */
function lastOrdinaryBits(parent: ChainEntry, ancestry: Ancestry, rule: BitcoinRule, params: NetworkParams): number {
  const limitBits = targetToBits(params.powLimit);
  let entry = parent;
  while (entry.height > 0 && entry.height % rule.intervalBlocks !== 0 && entry.header.bits === limitBits) {
    entry = ancestry.ancestor(entry, entry.height - 1);
  }
  return entry.header.bits;
}
