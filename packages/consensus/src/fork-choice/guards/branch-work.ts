import type { ReorgPlan } from "../reorg-plan.ts";

/** Work that each side of a plan adds to the block that both share. */
export interface BranchWork {
  /** What the node would give up. 0 when it takes nothing back. */
  readonly lost: bigint;
  readonly gained: bigint;
}

/** Work of both sides of a reorganisation, from the fork up. */
export function branchWork(plan: ReorgPlan): BranchWork {
  const base = plan.fork.chainWork;
  return {
    lost: (plan.disconnect[0]?.chainWork ?? base) - base,
    gained: (plan.connect.at(-1)?.chainWork ?? base) - base,
  };
}
