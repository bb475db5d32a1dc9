/** What a withholding miner does (A. Sapirshtein, Y. Sompolinsky, A. Zohar, arXiv:1507.06183, section 3). */
export type MiningAction =
  /** Give up the own branch and mine on the public one. */
  | "adopt"
  /** Publish one block more than the others have: they switch. */
  | "override"
  /** Publish as many blocks as the others have, so that honest power splits between the two branches. */
  | "match"
  /** Mine on in secret. */
  | "wait";

/**
 * What the last event means for `match`: `relevant`: the others found the last block, so a match can still reach many
 * first. `irrelevant`: it cannot. `active`: a match is under way, honest power is split.
 */
export type ForkState = "irrelevant" | "relevant" | "active";

/** What to do with `a` own and `h` other blocks since the last common one. */
export type MiningPolicy = (a: number, h: number, forkState: ForkState) => MiningAction;

/** As numbers, for tables. */
export const ACTIONS: readonly MiningAction[] = ["adopt", "override", "match", "wait"];
export const FORK_STATES: readonly ForkState[] = ["irrelevant", "relevant", "active"];
export const IRRELEVANT = 0;
export const RELEVANT = 1;
export const ACTIVE = 2;
export const ADOPT = 0;
export const OVERRIDE = 1;
export const MATCH = 2;
export const WAIT = 3;
