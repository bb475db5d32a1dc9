import { createHash } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import { selectCurve } from "@forkyard/consensus/curve/select-curve";
import { checkArrivalOrder } from "../checkers/arrival-orders.ts";
import { type Violation, violation } from "../checkers/violation.ts";
import { canonicalJson } from "../trace/canonical-json.ts";
import { createSimWorld } from "../world/sim/create-sim-world.ts";
import { RandomStream } from "../world/sim/random/stream.ts";
import type { SimWorld } from "../world/sim/sim-world.ts";
import { sharedScripts } from "../world/sim/store/shared-scripts.ts";
import type { FuzzWorld } from "./fuzz-world.ts";
import { GettingWell } from "./getting-well.ts";
import { Stage } from "./stage.ts";
import { scenarioOf } from "./to-scenario.ts";
import { Watch } from "./watch.ts";
import { WorldInspection } from "./world-inspection.ts";

/** Longer than what waits for a disk takes to get there. */
const LAST_LOOK_MS = 100;

export interface FuzzRunOptions {
  /** Hash every event, to compare two runs. */
  readonly traced?: boolean;
  /** Random orders in which all blocks are given to an empty chain at the end. */
  readonly arrivalOrders?: number;
}

export interface FuzzOutcome {
  readonly violation: Violation | undefined;
  /** When it was found, or the world ended; milliseconds. */
  readonly atMs: number;
  readonly blocks: number;
  readonly reorgs: number;
  readonly traceHash: string | undefined;
}

/** Lets a random world happen, held to the invariants after every event; ends at the first that does not hold. */
export async function runFuzzWorld(fuzz: FuzzWorld, options: FuzzRunOptions = {}): Promise<FuzzOutcome> {
  const world = await createSimWorld(scenarioOf(fuzz), { seed: fuzz.seed });
  const run = new FuzzRun(fuzz, world, options);
  try {
    return await run.run();
  } finally {
    await world.close();
  }
}

class FuzzRun {
  readonly #fuzz: FuzzWorld;
  readonly #world: SimWorld;
  readonly #options: FuzzRunOptions;
  readonly #inspection: WorldInspection;
  readonly #watch: Watch;
  readonly #stage: Stage;
  readonly #trace = createHash("sha256");
  #blocks = 0;
  #reorgs = 0;
  #over = false;

  constructor(fuzz: FuzzWorld, world: SimWorld, options: FuzzRunOptions) {
    this.#fuzz = fuzz;
    this.#world = world;
    this.#options = options;
    this.#inspection = new WorldInspection(world);
    this.#watch = new Watch(this.#inspection);
    this.#stage = new Stage({
      world,
      inspection: this.#inspection,
      seed: fuzz.seed,
      damaged: (node) => this.#watch.damaged(node),
    });
  }

  async run(): Promise<FuzzOutcome> {
    this.#plan();
    const found = await this.#happen();
    return {
      violation: found,
      atMs: this.#world.nowMs(),
      blocks: this.#blocks,
      reorgs: this.#reorgs,
      traceHash: this.#options.traced === true ? this.#trace.digest("hex") : undefined,
    };
  }

  #plan(): void {
    const world = this.#world;
    world.onEvent((event) => {
      if (event.type === "mined") this.#blocks += 1;
      if (event.type === "reorg") this.#reorgs += 1;
      if (this.#options.traced === true) this.#trace.update(`${canonicalJson(event)}\n`);
      this.#watch.observe(event);
    });
    for (const { atMs, action } of this.#fuzz.events) world.after(atMs, () => this.#stage.act(action));
    const well = new GettingWell(this.#fuzz, this.#stage, this.#watch, this.#inspection);
    const steps = well.steps();
    for (const [index, { afterMs, run }] of steps.entries()) {
      world.after(this.#fuzz.durationMs + afterMs, () => {
        run();
        this.#over = index === steps.length - 1;
      });
    }
  }

  async #happen(): Promise<Violation | undefined> {
    try {
      const finished = (): boolean => this.#watch.check() !== undefined || this.#over;
      await this.#world.runUntil(finished, Number.MAX_SAFE_INTEGER / 1_000);
      return (await this.#lastLook()) ?? (await this.#otherOrders());
    } catch (error) {
      // A node that stops for a fault of its own is what is looked for here.
      return violation("fault", undefined, error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    }
  }

  /** Coins are listed once what was written before is on the disks: their time has to go on. */
  async #lastLook(): Promise<Violation | undefined> {
    const state = { looking: true };
    const looked = this.#watch.checkAtEnd().finally(() => {
      state.looking = false;
    });
    while (state.looking) {
      await this.#world.runUntil(() => !state.looking, this.#world.nowMs() + LAST_LOOK_MS);
      await nextTurn();
    }
    return looked;
  }

  async #otherOrders(): Promise<Violation | undefined> {
    const { arrivalOrders = 0 } = this.#options;
    if (arrivalOrders === 0) return undefined;
    const { params, reference } = this.#inspection;
    const curve = selectCurve();
    const scripts = sharedScripts(curve, new RandomStream("salt")).runner;
    for (let order = 0; order < arrivalOrders; order++) {
      const random = new RandomStream(JSON.stringify([this.#fuzz.seed, "arrival", order]));
      const found = await checkArrivalOrder(random, { params, curve, scripts, reference });
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
