import { nakamotoProbability } from "./nakamoto.ts";
import { rosenfeldProbability } from "./rosenfeld.ts";
import { strictProbability } from "./strict.ts";

/** Which paper's race: they differ by one block in what counts. */
export type RaceModelName = "nakamoto" | "rosenfeld" | "strict";

export interface RaceModel {
  readonly name: RaceModelName;
  readonly citation: string;
  /** What z counts and when the attacker has won, in one line. */
  readonly convention: string;
  /** How the attacker's blocks are drawn while the merchant waits for z confirmations. */
  readonly progress: "poisson" | "negative-binomial";
  /** Blocks that the attacker has before the payment is shown. */
  readonly minedAhead: 0 | 1;
  /** Blocks by which his branch must be longer than the honest one. */
  readonly leadNeeded: 0 | 1;
  /** Closed form: chance of the double spend for a share `q` of the hash power and `z` confirmations. */
  readonly probability: (q: number, z: number) => number;
}

export const RACE_MODELS: Readonly<Record<RaceModelName, RaceModel>> = {
  nakamoto: {
    name: "nakamoto",
    citation: "S. Nakamoto, Bitcoin: A Peer-to-Peer Electronic Cash System, 2008, section 11",
    convention:
      "z blocks after the block of the payment; none mined ahead; drawing level is enough; attacker's progress Poisson (too low)",
    progress: "poisson",
    minedAhead: 0,
    leadNeeded: 0,
    probability: nakamotoProbability,
  },
  rosenfeld: {
    name: "rosenfeld",
    citation: "M. Rosenfeld, Analysis of Hashrate-Based Double-Spending, arXiv:1402.2009, 2014, section 4",
    convention:
      "z confirmations, 1 when the payment is in one block; one block mined ahead; the attacker must get strictly ahead",
    progress: "negative-binomial",
    minedAhead: 1,
    leadNeeded: 1,
    probability: rosenfeldProbability,
  },
  strict: {
    name: "strict",
    citation: "Rosenfeld's exact law (arXiv:1402.2009) without pre-mining",
    convention:
      "z confirmations, 1 when the payment is in one block; none mined ahead; the attacker must get strictly ahead",
    progress: "negative-binomial",
    minedAhead: 0,
    leadNeeded: 1,
    probability: strictProbability,
  },
};

export const RACE_MODEL_NAMES: readonly RaceModelName[] = ["nakamoto", "rosenfeld", "strict"];
