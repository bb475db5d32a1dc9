import { AliasTable } from "./alias-table.ts";
import type { RandomWords } from "./random-words.ts";

/** Blocks given out by a lottery of stakes. */
export interface StakeQuestion {
  readonly kind: "stake";
  readonly stakes: readonly number[];
  /** How many blocks in a row are asked about. */
  readonly streak: number;
}

/**
 * One run is a series of `streak` blocks.
 * @returns tallies: for each holder the first blocks won, then for each holder the whole series won
 */
export function prepareStakes(question: StakeQuestion): (words: RandomWords, runs: number) => readonly number[] {
  const { stakes, streak } = question;
  const lottery = new AliasTable(stakes);
  return (words, runs) => {
    const tallies: number[] = Array.from({ length: 2 * stakes.length }, () => 0);
    for (let run = 0; run < runs; run++) {
      const winner = lottery.draw(words);
      tallies[winner] = (tallies[winner] ?? 0) + 1;
      let length = 1;
      while (length < streak && lottery.draw(words) === winner) length += 1;
      if (length === streak) tallies[stakes.length + winner] = (tallies[stakes.length + winner] ?? 0) + 1;
    }
    return tallies;
  };
}
