import type { ForkState, MiningAction } from "./mining-action.ts";

/** Mines by the rules: publishes each block, takes each block. */
export function honestPolicy(a: number, h: number): MiningAction {
  if (a > h) return "override";
  return h > a ? "adopt" : "wait";
}

/** Eyal and Sirer's algorithm 1 (SM1) in the terms of the model (arXiv:1507.06183, section 3.3). */
export function selfishPolicy(a: number, h: number, forkState: ForkState): MiningAction {
  if (h > a) return "adopt";
  if (a === h + 1 && h >= 1) return "override";
  if (a === h && h === 1 && forkState === "relevant") return "match";
  return "wait";
}
