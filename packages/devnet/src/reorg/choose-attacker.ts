/** A node that could mine the withheld branch. */
export interface Candidate {
  readonly name: string;
  readonly wallets: readonly string[];
}

/**
 * The node that attacks when nobody was named: the last one that holds no wallet but its miner's, so that the others
 * are seen to be its victims; else the last one.
 */
export function chooseAttacker<T extends Candidate>(running: readonly T[]): T | undefined {
  return running.findLast((node) => node.wallets.length === 1) ?? running.at(-1);
}
