import { prepareRaces, type RaceQuestion } from "./race-simulation.ts";
import type { RandomWords } from "./random-words.ts";
import { prepareSelfish, type SelfishQuestion } from "./selfish-simulation.ts";
import { prepareStakes, type StakeQuestion } from "./stake-simulation.ts";
import {
  type ConstantDelayQuestion,
  prepareConstantDelay,
  prepareSpreadingNews,
  type SpreadingNewsQuestion,
} from "./stale-simulation.ts";
import { prepareWithholding, type WithholdingQuestion } from "./withholding-simulation.ts";

/** What can be simulated: plain data, so that a worker can be sent it. */
export type Question =
  | RaceQuestion
  | SelfishQuestion
  | WithholdingQuestion
  | ConstantDelayQuestion
  | SpreadingNewsQuestion
  | StakeQuestion;

/** Simulates so many runs and counts; tallies of parts are added up place by place. */
export type Simulate = (words: RandomWords, runs: number) => readonly number[];

/** Makes the tables that a simulation needs. @throws InputError when they would be too large */
export function prepare(question: Question): Simulate {
  switch (question.kind) {
    case "race":
      return prepareRaces(question);
    case "selfish":
      return prepareSelfish(question);
    case "withholding":
      return prepareWithholding(question);
    case "constant-delay":
      return prepareConstantDelay(question);
    case "spreading-news":
      return prepareSpreadingNews(question);
    case "stake":
      return prepareStakes(question);
  }
}
