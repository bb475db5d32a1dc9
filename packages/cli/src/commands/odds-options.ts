import { availableParallelism } from "node:os";
import { InputError } from "@forkyard/core/errors";
import { quoted } from "@forkyard/core/printable";
import { MAX_CONFIRMATIONS, MAX_RUNS, MAX_WORKERS } from "@forkyard/lab/odds/limits";
import type { RaceModelName } from "@forkyard/lab/odds/race-models";
import { RACE_MODEL_NAMES } from "@forkyard/lab/odds/race-models";
import type { Question } from "@forkyard/lab/odds/simulation/question";
import { runSimulation, type SimulationResult } from "@forkyard/lab/odds/simulation/run-simulation";
import type { Output } from "../output/output.ts";

/** Options that every question about odds takes. */
export interface OddsOptions {
  readonly json?: boolean;
  readonly simulate?: string;
  readonly seed: string;
  readonly workers?: string;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** The simulation that was asked for, with its progress on a terminal; undefined when none was. */
export async function simulateIfAsked(
  options: OddsOptions,
  output: Output,
  question: () => Question,
): Promise<SimulationResult | undefined> {
  const seed = parseWhole("--seed", options.seed, 0, Number.MAX_SAFE_INTEGER);
  const { workers } = options;
  const threads = workers === undefined ? availableParallelism() : parseWhole("--workers", workers, 1, MAX_WORKERS);
  if (options.simulate === undefined) return undefined;
  const runs = parseWhole("--simulate", options.simulate, 1, MAX_RUNS);
  let shown = -1;
  const result = await runSimulation({
    question: question(),
    runs,
    seed,
    workers: Math.min(threads, MAX_WORKERS),
    clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
    onProgress: (doneRuns) => {
      const percent = Math.floor((100 * doneRuns) / runs);
      if (percent === shown) return;
      shown = percent;
      output.progress(`${percent}% of ${grouped(runs)} runs`);
    },
  });
  output.progress("");
  return result;
}

/** @throws InputError unless the text is a number in the range; `what` says what it should be */
export function parseNumber(
  option: string,
  text: string | undefined,
  what: string,
  fits: (n: number) => boolean,
): number {
  if (text === undefined) throw new InputError(`${option} is missing: ${what}`);
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (!fits(value)) throw new InputError(`${option} ${quoted(text)}: ${what}`);
  return value;
}

export function parseShare(option: string, text: string | undefined, what: string): number {
  return parseNumber(option, text, `${what}, a number from 0 to 1`, (value) => value >= 0 && value <= 1);
}

export function parseWhole(option: string, text: string | undefined, least: number, most: number): number {
  return parseNumber(
    option,
    text,
    `a whole number from ${least} to ${most}`,
    (value) => Number.isSafeInteger(value) && value >= least && value <= most,
  );
}

export function parsePositive(option: string, text: string | undefined, what: string): number {
  return parseNumber(option, text, `${what}, a number above 0`, (value) => value > 0 && Number.isFinite(value));
}

export function parseHashShare(text: string | undefined): number {
  return parseShare("--q", text, "the attacker's share of the hash power");
}

export function parseConfirmations(text: string | undefined): number {
  return parseWhole("--z", text, 0, MAX_CONFIRMATIONS);
}

export function parseModel(text: string): RaceModelName {
  const model = RACE_MODEL_NAMES.find((name) => name === text);
  if (model === undefined) {
    throw new InputError(`--model ${quoted(text)}: it is one of ${RACE_MODEL_NAMES.join(", ")}`);
  }
  return model;
}

/** A count with commas. */
export function grouped(count: number): string {
  return count.toLocaleString("en");
}
