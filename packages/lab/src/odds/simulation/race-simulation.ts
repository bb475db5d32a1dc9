import { InputError } from "@forkyard/core/errors";
import { HOPELESS_PROBABILITY, MAX_JUMP_BITS, MAX_POISSON_MEAN, MAX_RACE_BLOCKS } from "../limits.ts";
import { poissonProbability } from "../numeric/poisson.ts";
import { RACE_MODELS, type RaceModelName } from "../race-models.ts";
import { AliasTable } from "./alias-table.ts";
import { JumpTables } from "./jump-tables.ts";
import type { RandomWords } from "./random-words.ts";

/** Catch-up races of one model. */
export interface RaceQuestion {
  readonly kind: "race";
  readonly model: RaceModelName;
  /** The attacker's share of the hash power, 0..1. */
  readonly q: number;
  /** Confirmations, a whole number ≥ 0. */
  readonly z: number;
}

/** Standard deviations of a Poisson progress that its table covers; the chance of more is below 1e-30. */
const POISSON_DEVIATIONS = 12;

/** Deficit in blocks from which the attacker's chance is at most {@link HOPELESS_PROBABILITY}. */
export function hopelessDeficit(q: number): number {
  if (q >= 0.5) return Number.POSITIVE_INFINITY;
  return Math.max(1, Math.ceil(Math.log(HOPELESS_PROBABILITY) / Math.log(q / (1 - q))));
}

/**
 * Runs races block by block: first while the merchant waits for z confirmations, then until the attacker has what he needs,
 * is hopelessly behind, or {@link MAX_RACE_BLOCKS} are over.
 *
 * The equivalent jump: where neither the z-th confirmation nor the attacker's goal can come within the next 2^k − 1 blocks,
 * only their sum matters, and the number of them that are the attacker's is drawn at once from the binomial distribution.
 * @returns tallies [won, undecided] of so many races
 */
export function prepareRaces(question: RaceQuestion): (words: RandomWords, runs: number) => readonly number[] {
  const { q, z } = question;
  const model = RACE_MODELS[question.model];
  const goal = model.leadNeeded - model.minedAhead;
  if (q === 1) return (_words, runs) => [runs, 0];
  const jumps = new JumpTables(q);
  const progress = model.progress === "poisson" ? poissonTable((z * q) / (1 - q)) : undefined;
  const hopeless = hopelessDeficit(q);
  return (words, runs) => {
    let won = 0;
    let undecided = 0;
    for (let run = 0; run < runs; run++) {
      const mined = progress === undefined ? minedWhileWaiting(jumps, words, z) : progress.draw(words);
      const deficit = catchUp(jumps, words, z - mined + goal, hopeless);
      if (deficit <= 0) won += 1;
      else if (deficit < hopeless) undecided += 1;
    }
    return [won, undecided];
  };
}

/** The attacker's blocks until the honest side has found `confirmations`. */
function minedWhileWaiting(jumps: JumpTables, words: RandomWords, confirmations: number): number {
  let honestLeft = confirmations;
  let mined = 0;
  while (honestLeft > 0) {
    const bits = jumpBits(honestLeft);
    const attackers = jumps.attackerBlocks(bits, words);
    mined += attackers;
    honestLeft -= 2 ** bits - 1 - attackers;
  }
  return mined;
}

/** The deficit where the race ended: 0 or less when it is won. */
function catchUp(jumps: JumpTables, words: RandomWords, start: number, hopeless: number): number {
  let deficit = start;
  let blocksLeft = MAX_RACE_BLOCKS;
  while (deficit > 0 && deficit < hopeless && blocksLeft > 0) {
    const bits = jumpBits(deficit);
    const blocks = (1 << bits) - 1;
    deficit += blocks - 2 * jumps.attackerBlocks(bits, words);
    blocksLeft -= blocks;
  }
  return deficit;
}

/** Largest k with 2^k − 1 ≤ `blocks`, as far as there are tables. `blocks` ≥ 1. */
function jumpBits(blocks: number): number {
  const bits = 31 - Math.clz32(blocks + 1);
  return bits < MAX_JUMP_BITS ? bits : MAX_JUMP_BITS;
}

function poissonTable(mean: number): AliasTable {
  if (mean > MAX_POISSON_MEAN) {
    throw new InputError(
      `the attacker would mine ${Math.round(mean)} blocks in a race, too many to simulate: a smaller z or q, or no --simulate`,
    );
  }
  const most = Math.ceil(mean + POISSON_DEVIATIONS * (Math.sqrt(mean) + POISSON_DEVIATIONS));
  return new AliasTable(Array.from({ length: most + 1 }, (_, k) => poissonProbability(k, mean)));
}
