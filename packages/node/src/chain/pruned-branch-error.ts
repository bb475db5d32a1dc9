/** The most work is on a branch that leaves ours below what is still stored. */
export class PrunedBranchError extends Error {
  override readonly name = "PrunedBranchError";

  constructor(forkHeight: number, prunedHeight: number) {
    super(
      `a chain with more work leaves ours at height ${forkHeight}, and blocks up to ${prunedHeight} are pruned: remove the chain folder and let the node sync again`,
    );
  }
}
