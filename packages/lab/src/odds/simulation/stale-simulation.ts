import type { RandomWords } from "./random-words.ts";

/** Natural forks with a constant delay to every other miner. */
export interface ConstantDelayQuestion {
  readonly kind: "constant-delay";
  readonly delaySeconds: number;
  readonly intervalSeconds: number;
  /** The finder's own share of the hash power, 0..1. */
  readonly ownShare: number;
}

/** Natural forks while news spreads: after t seconds a share 1 − e^(−t/ignoranceSeconds) of the network knows. */
export interface SpreadingNewsQuestion {
  readonly kind: "spreading-news";
  readonly ignoranceSeconds: number;
  readonly intervalSeconds: number;
}

/** Where the share that does not know has fallen below this, nothing more is waited for. */
const NOBODY = 1e-12;

/** @returns tallies [forks] of so many blocks: after each, blocks of the whole network are drawn until the news is old */
export function prepareConstantDelay(question: ConstantDelayQuestion): (words: RandomWords, runs: number) => [number] {
  const { delaySeconds, intervalSeconds, ownShare } = question;
  return (words, runs) => {
    let forks = 0;
    for (let run = 0; run < runs; run++) {
      let seconds = waitSeconds(words, intervalSeconds);
      while (seconds < delaySeconds && words.fraction() < ownShare) seconds += waitSeconds(words, intervalSeconds);
      if (seconds < delaySeconds) forks += 1;
    }
    return [forks];
  };
}

/** The chance 1/T of a block in a second is that of a Poisson process of rate −ln(1 − 1/T), as the closed form has it. */
export function prepareSpreadingNews(question: SpreadingNewsQuestion): (words: RandomWords, runs: number) => [number] {
  const { ignoranceSeconds, intervalSeconds } = question;
  const meanWaitSeconds = -1 / Math.log1p(-1 / intervalSeconds);
  const lastSecond = -Math.log(NOBODY) * ignoranceSeconds;
  return (words, runs) => {
    let forks = 0;
    for (let run = 0; run < runs; run++) {
      let seconds = waitSeconds(words, meanWaitSeconds);
      // A block competes if its finder is among those who do not know yet.
      while (seconds < lastSecond && words.fraction() >= Math.exp(-seconds / ignoranceSeconds)) {
        seconds += waitSeconds(words, meanWaitSeconds);
      }
      if (seconds < lastSecond) forks += 1;
    }
    return [forks];
  };
}

function waitSeconds(words: RandomWords, meanSeconds: number): number {
  return -Math.log(words.fraction()) * meanSeconds;
}
