import type { ReorgPlan } from "@forkyard/consensus/fork-choice/reorg-plan";
import type { ChainStore } from "@forkyard/core/ports/chain-store";

/** The most work is on a branch that leaves ours below what is still stored. */
export class PrunedBranchError extends Error {
  override readonly name = "PrunedBranchError";

  constructor(forkHeight: number, prunedHeight: number) {
    super(
      `a chain with more work leaves ours at height ${forkHeight}, and blocks up to ${prunedHeight} are pruned: remove the chain folder and let the node sync again`,
    );
  }
}

/** A pruned block cannot be taken back: the node stops, for it can neither follow the most work nor ignore it. */
export function prunedBranch(
  { disconnect, fork }: ReorgPlan,
  store: Pick<ChainStore, "prunedHeight">,
): PrunedBranchError | undefined {
  const prunedHeight = store.prunedHeight();
  if (disconnect.length === 0 || fork.height >= prunedHeight) return undefined;
  return new PrunedBranchError(fork.height, prunedHeight);
}
