import type { ForkState, MiningAction } from "../odds/optimal-mining/mining-action.ts";

/** Where a withholding miner stands: blocks since the last one that his branch and the public chain share. */
export interface WithholdingState {
  /** His, secret and published. */
  readonly own: number;
  /** The public chain's. */
  readonly others: number;
  readonly forkState: ForkState;
  /** Who found the last block. */
  readonly last: "own" | "others";
}

export type WithholdingPolicy = (state: WithholdingState) => MiningAction;

/**
 * Eyal and Sirer's algorithm 1 (SM1, FC 2014, arXiv:1311.0243): others draw level: publish and race; they come within one:
 * publish all; further ahead: publish one for each of theirs; the race is won with the next own block.
 */
export const selfish: WithholdingPolicy = ({ own, others, forkState }) => {
  if (others > own) return "adopt";
  if (others === 0) return "wait";
  if (own === others + 1) return "override";
  return forkState === "relevant" ? "match" : "wait";
};

/** Ways of being more stubborn than SM1; they combine. */
export interface Stubbornness {
  /** Others come within one: only draws level, and keeps the last block secret. */
  readonly lead: boolean;
  /** Wins a race with an own block: keeps it secret, and the race goes on. */
  readonly equalFork: boolean;
  /** Blocks behind that it stays before giving up. */
  readonly trail: number;
}

/**
 * Stubborn mining (K. Nayak, S. Kumar, A. Miller, E. Shi, EuroS&P 2016): SM1 that gives up later. A miner that was behind
 * and gets ahead publishes at once.
 */
export function stubborn({ lead, equalFork, trail }: Stubbornness): WithholdingPolicy {
  return ({ own, others, forkState, last }) => {
    if (others - own > trail) return "adopt";
    if (others === 0 || others > own) return "wait";
    if (own === others + 1) {
      if (last === "others") return lead ? whenRelevant(forkState) : "override";
      return equalFork && forkState === "active" ? "wait" : "override";
    }
    return whenRelevant(forkState);
  };
}

function whenRelevant(forkState: ForkState): MiningAction {
  return forkState === "relevant" ? "match" : "wait";
}
