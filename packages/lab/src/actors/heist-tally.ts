import type { JsonValue } from "../run/result.ts";

/** Fields of {@link HeistTally.summary}, without those that a formula gives. */
export const HEIST_RESULTS: readonly string[] = [
  "rounds",
  "successes",
  "successRate",
  "stole",
  "gainSatoshis",
  "lostBlocks",
  "costSatoshis",
  "profitSatoshis",
];

/** What an attacker's rounds came to. Amounts in satoshis. */
export class HeistTally {
  #rounds = 0;
  #successes = 0;
  #gain = 0n;
  #cost = 0n;
  #lostBlocks = 0;

  get rounds(): number {
    return this.#rounds;
  }

  get successes(): number {
    return this.#successes;
  }

  /** A round in which goods were had and the payment for them was taken back. */
  won(amount: bigint): void {
    this.#rounds += 1;
    this.#successes += 1;
    this.#gain += amount;
  }

  lost(): void {
    this.#rounds += 1;
  }

  /** Blocks that paid nothing, and what they would have paid. */
  spent(blocks: number, subsidies: bigint): void {
    this.#lostBlocks += blocks;
    this.#cost += subsidies;
  }

  /**
   * `rounds`, `successes`, `successRate`, `stole` (at least once), `gainSatoshis`, `lostBlocks`, `costSatoshis` (their
   * subsidies), `profitSatoshis`; with a chance of success p from a formula also `expectedSuccessRate` and
   * `deviationSigmas` = (successes − n p) / √(n p (1 − p)).
   */
  summary(expected?: number): { readonly [field: string]: JsonValue } {
    const [rounds, successes] = [this.#rounds, this.#successes];
    return {
      rounds,
      successes,
      successRate: rounds === 0 ? 0 : successes / rounds,
      stole: successes > 0,
      gainSatoshis: Number(this.#gain),
      lostBlocks: this.#lostBlocks,
      costSatoshis: Number(this.#cost),
      profitSatoshis: Number(this.#gain - this.#cost),
      ...(expected !== undefined && {
        expectedSuccessRate: expected,
        deviationSigmas: deviation(successes, rounds, expected),
      }),
    };
  }
}

function deviation(successes: number, rounds: number, expected: number): number {
  const sigma = Math.sqrt(rounds * expected * (1 - expected));
  return sigma === 0 ? successes - rounds * expected : (successes - rounds * expected) / sigma;
}
