import {
  ACTIONS,
  ADOPT,
  FORK_STATES,
  type ForkState,
  type MiningAction,
  type MiningPolicy,
  OVERRIDE,
} from "./mining-action.ts";

/** A policy as plain data: it can be sent to a worker. */
export interface PolicyTable {
  /** States have a, h ≤ this; where one of them has reached it, the policy adopts or overrides. */
  readonly maxForkBlocks: number;
  /** Numbers of {@link ACTIONS} at {@link stateIndex}. */
  readonly actions: Uint8Array;
}

/** Place of a state in tables: the fork state last, so that neighbours are close in memory. */
export function stateIndex(maxForkBlocks: number, a: number, h: number, forkState: number): number {
  return (a * (maxForkBlocks + 1) + h) * FORK_STATES.length + forkState;
}

/** How many states tables hold. */
export function stateCount(maxForkBlocks: number): number {
  return (maxForkBlocks + 1) ** 2 * FORK_STATES.length;
}

/** The policy as a function of any state; beyond the table the longer branch wins at once. */
export function policyOf({ maxForkBlocks, actions }: PolicyTable): MiningPolicy {
  return (a: number, h: number, forkState: ForkState): MiningAction => {
    if (a > maxForkBlocks || h > maxForkBlocks) return a > h ? "override" : "adopt";
    const number = actions[stateIndex(maxForkBlocks, a, h, FORK_STATES.indexOf(forkState))];
    return ACTIONS[number ?? ADOPT] ?? "adopt";
  };
}

/** A policy given as a function, as a table. Where a or h is at the limit it overrides when it can, else adopts. */
export function tableOf(policy: MiningPolicy, maxForkBlocks: number): PolicyTable {
  const actions = new Uint8Array(stateCount(maxForkBlocks));
  for (let a = 0; a <= maxForkBlocks; a++) {
    for (let h = 0; h <= maxForkBlocks; h++) {
      for (const [number, forkState] of FORK_STATES.entries()) {
        const atLimit = a === maxForkBlocks || h === maxForkBlocks;
        const forced = a > h ? OVERRIDE : ADOPT;
        actions[stateIndex(maxForkBlocks, a, h, number)] = atLimit ? forced : ACTIONS.indexOf(policy(a, h, forkState));
      }
    }
  }
  return { maxForkBlocks, actions };
}
