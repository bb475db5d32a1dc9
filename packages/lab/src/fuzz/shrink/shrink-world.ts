import type { InvariantName } from "../../checkers/violation.ts";
import { canonicalJson } from "../../trace/canonical-json.ts";
import type { FuzzWorld } from "../fuzz-world.ts";
import { MAX_SHRINK_RUNS, REORDERS } from "../limits.ts";
import { type FuzzOutcome, runFuzzWorld } from "../run-fuzz-world.ts";
import { ddmin } from "./ddmin.ts";
import { plainer, withoutClasses, withoutNodes } from "./simpler-worlds.ts";

export interface ShrunkWorld {
  readonly world: FuzzWorld;
  readonly outcome: FuzzOutcome;
  /** Worlds that were tried. */
  readonly runs: number;
}

export interface ShrinkOptions {
  /** Told after every world that was tried. */
  readonly onTry?: (runs: number, events: number) => void;
}

/**
 * Makes a world that breaks an invariant small: whole classes of faults go, then nodes, then events, then what is left
 * becomes plainer; from the beginning again, as long as something changes.
 */
export async function shrinkWorld(
  world: FuzzWorld,
  outcome: FuzzOutcome,
  { onTry }: ShrinkOptions = {},
): Promise<ShrunkWorld> {
  const shrinking = new Shrinking(world, outcome, onTry ?? (() => {}));
  await shrinking.run();
  return shrinking;
}

class Shrinking implements ShrunkWorld {
  world: FuzzWorld;
  outcome: FuzzOutcome;
  runs = 0;
  readonly #invariant: InvariantName | undefined;
  readonly #onTry: (runs: number, events: number) => void;
  readonly #tried = new Set<string>();

  constructor(world: FuzzWorld, outcome: FuzzOutcome, onTry: (runs: number, events: number) => void) {
    this.world = world;
    this.outcome = outcome;
    this.#invariant = outcome.violation?.invariant;
    this.#onTry = onTry;
  }

  async run(): Promise<void> {
    for (let changed = true; changed && this.runs < MAX_SHRINK_RUNS; ) {
      changed = await this.#first(withoutClasses);
      changed = (await this.#first(withoutNodes)) || changed;
      changed = (await this.#events()) || changed;
      changed = (await this.#first(plainer)) || changed;
    }
  }

  /** Goes over to the first simpler world that still fails, again and again. */
  async #first(simpler: (world: FuzzWorld) => Iterable<FuzzWorld>): Promise<boolean> {
    let changed = false;
    for (let found = true; found; ) {
      found = false;
      for (const candidate of simpler(this.world)) {
        if (!(await this.#fails(candidate))) continue;
        found = true;
        changed = true;
        break;
      }
    }
    return changed;
  }

  async #events(): Promise<boolean> {
    const before = this.world.events.length;
    await ddmin(this.world.events, (events) => this.#fails({ ...this.world, events }));
    return this.world.events.length < before;
  }

  /** A world that fails in the same way becomes the one to go on with. */
  async #fails(candidate: FuzzWorld): Promise<boolean> {
    const text = canonicalJson(candidate);
    if (this.runs >= MAX_SHRINK_RUNS || this.#tried.has(text)) return false;
    this.#tried.add(text);
    this.runs += 1;
    // Only what no node has seen needs to be looked for in other orders of arrival.
    const arrivalOrders = this.outcome.violation?.node === undefined ? REORDERS : 0;
    const outcome = await runFuzzWorld(candidate, { arrivalOrders });
    this.#onTry(this.runs, candidate.events.length);
    if (outcome.violation?.invariant !== this.#invariant) return false;
    this.world = candidate;
    this.outcome = outcome;
    return true;
  }
}
