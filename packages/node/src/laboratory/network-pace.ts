import type { NetworkParams, RetargetRule } from "@forkyard/core/params/network-params";

/** How fast the blocks of an experiment come, and what that does to the difficulty. */
export interface NetworkPace {
  /** Seconds between blocks that the difficulty is aimed at. */
  readonly spacingSeconds: number;
  readonly retarget: "none" | "asert" | "bitcoin";
  readonly coinbaseMaturity: number;
}

/** What the devnet's rule is in blocks (ADR 0003), for any interval. */
const ASERT_HALF_LIFE_BLOCKS = 12;
const ASERT_MAX_GAP_BLOCKS = 6;
/** Blocks between two retargets by Bitcoin's rule. */
const RETARGET_BLOCKS = 2_016;
/** The easiest target allowed: half a network may go away for good. */
const EASIEST_TARGET = (1n << 255n) - 1n;
/** Halvings of regtest come so early that long scenarios would run out of money. */
const HALVING_BLOCKS = 210_000;

/** The rules of a network at the pace of an experiment: genesis and everything else stay. */
export function atPace(
  base: NetworkParams,
  { spacingSeconds, retarget, coinbaseMaturity }: NetworkPace,
): NetworkParams {
  return {
    ...base,
    powLimit: EASIEST_TARGET,
    spacingSeconds,
    retarget: retargetRule(retarget, spacingSeconds),
    subsidyHalvingBlocks: HALVING_BLOCKS,
    coinbaseMaturity,
  };
}

function retargetRule(retarget: NetworkPace["retarget"], spacingSeconds: number): RetargetRule {
  switch (retarget) {
    case "none":
      return { kind: "none" };
    case "asert":
      return {
        kind: "asert",
        halfLifeSeconds: ASERT_HALF_LIFE_BLOCKS * spacingSeconds,
        maxGapSeconds: ASERT_MAX_GAP_BLOCKS * spacingSeconds,
      };
    case "bitcoin":
      return { kind: "bitcoin", intervalBlocks: RETARGET_BLOCKS };
  }
}
