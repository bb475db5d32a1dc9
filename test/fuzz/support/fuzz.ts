import assert from "node:assert/strict";
import { after, test } from "node:test";
import { toHex } from "@forkyard/core/bytes/bytes";
import { fuzzInput } from "./mutate.ts";
import { plan, repeatCommand } from "./plan.ts";
import { SeededRandom } from "./seeded-random.ts";
import { Watchdog } from "./watchdog.ts";

/** Longest that one input may take: decoders are on the path of every message. */
const SLOW_MS = 2_000;
const DEFAULT_RUNS = 2_000;
const MAX_SHOWN_BYTES = 4_000;

/** Something that takes bytes from outside. */
export interface FuzzTarget {
  readonly name: string;
  /** Valid inputs: tried as they are, then changed. */
  readonly valid: readonly Uint8Array[];
  /**
   * Takes the input and holds what was made of it against the input.
   * Throws an allowed error when it refuses the input, anything else when something is wrong.
   */
  readonly take: (input: Uint8Array) => void | Promise<void>;
  /** The errors that may come out. */
  readonly allowed: readonly (new (
    ...parameters: never[]
  ) => Error)[];
  /** Inputs unless the environment says otherwise. */
  readonly runs?: number;
}

const watchdog = new Watchdog();
after(() => watchdog.end());

/** Makes a test for each target. @param testFile `import.meta.filename` of the caller */
export function fuzz(testFile: string, targets: readonly FuzzTarget[]): void {
  process.stdout.write(`fuzz seed ${plan.seed}\n`);
  for (const target of targets) {
    test(`fuzz: ${target.name}`, async (context) => {
      for (const input of target.valid) await target.take(input);
      watchdog.start(`${target.name}: ${repeatCommand(testFile, "RUN")}`);
      const runs = plan.runs ?? target.runs ?? DEFAULT_RUNS;
      let accepted = 0;
      try {
        for (let run = plan.firstRun; run < plan.firstRun + runs; run++) {
          watchdog.run(run);
          const input = fuzzInput(target.valid, new SeededRandom(`${plan.seed}/${target.name}/${run}`));
          if (await tryInput(target, input, repeatCommand(testFile, run))) accepted += 1;
        }
      } finally {
        watchdog.stop();
      }
      context.diagnostic(`seed ${plan.seed}: ${accepted} of ${runs} accepted`);
    });
  }
}

/** @returns whether the input was accepted */
async function tryInput(target: FuzzTarget, input: Uint8Array, repeat: string): Promise<boolean> {
  const startedMs = performance.now();
  try {
    await target.take(input);
    return true;
  } catch (error) {
    if (target.allowed.some((kind) => error instanceof kind)) return false;
    const shown = toHex(input.subarray(0, MAX_SHOWN_BYTES)) + (input.length > MAX_SHOWN_BYTES ? "..." : "");
    throw new Error(`${target.name} failed on ${input.length} bytes ${shown}\nrepeat: ${repeat}`, { cause: error });
  } finally {
    const tookMs = performance.now() - startedMs;
    assert.ok(tookMs < SLOW_MS, `${target.name} took ${tookMs.toFixed(0)} ms for ${input.length} bytes; ${repeat}`);
  }
}

/** A target that must give back the very bytes it took. */
export function roundTrip<T>(
  decode: (bytes: Uint8Array) => T,
  encode: (value: T) => Uint8Array,
): (input: Uint8Array) => void {
  return (input) => {
    const value = decode(input);
    assert.equal(toHex(encode(value)), toHex(input), "what was accepted is written as it came");
  };
}
