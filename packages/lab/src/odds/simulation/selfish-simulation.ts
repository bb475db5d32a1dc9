import { type RandomWords, wordThreshold } from "./random-words.ts";
import { ShareCounter, type ShareTally } from "./share-tally.ts";

/** Selfish mining by Eyal and Sirer's algorithm 1. */
export interface SelfishQuestion {
  readonly kind: "selfish";
  /** The pool's share of the hash power, 0 ≤ alpha < ½. */
  readonly alpha: number;
  /** Share of honest power that mines on the pool's block in a tie of one block each, 0..1. */
  readonly gamma: number;
}

/**
 * One run is the time from one moment when all miners agree to the next, block by block (arXiv:1311.0243, figure 1). Runs
 * are independent, so nothing is cut off at either end.
 */
export function prepareSelfish(question: SelfishQuestion): (words: RandomWords, runs: number) => ShareTally {
  const pool = wordThreshold(question.alpha);
  const onPoolBranch = wordThreshold(question.gamma);
  return (words, runs) => {
    const counter = new ShareCounter();
    for (let run = 0; run < runs; run++) addRun(words, pool, onPoolBranch, counter);
    return counter.tally();
  };
}

function addRun(words: RandomWords, pool: number, onPoolBranch: number, counter: ShareCounter): void {
  if (words.next() >>> 0 >= pool) return counter.add(0, 1);
  if (words.next() >>> 0 >= pool) return addTie(words, pool, onPoolBranch, counter);
  // The pool is two ahead. It publishes a block for every block of the others, and the rest when its lead is down to one.
  let lead = 2;
  let published = 0;
  while (lead > 1) {
    if (words.next() >>> 0 < pool) lead += 1;
    else {
      lead -= 1;
      published += 1;
    }
  }
  return counter.add(published + 1, 0);
}

/** One block each is public, and all depends on who finds the next. */
function addTie(words: RandomWords, pool: number, onPoolBranch: number, counter: ShareCounter): void {
  if (words.next() >>> 0 < pool) counter.add(2, 0);
  else if (words.next() >>> 0 < onPoolBranch) counter.add(1, 1);
  else counter.add(0, 2);
}
