import { assert } from "@forkyard/core/errors";
import type { Clock, Timers } from "@forkyard/core/ports/clock";
import { EventHeap, type Planned } from "./event-heap.ts";

/** Number of the world itself, before all nodes at equal times. */
export const WORLD_NODE = -1;
const US_PER_MS = 1_000;

/** Time that passes from event to event. Kept in whole microseconds, so that it prints the same everywhere. */
export class VirtualTime {
  /** Time of day when the world begins, milliseconds since 1970. */
  readonly startMs: number;
  readonly #heap = new EventHeap();
  #nowUs = 0;
  #order = 0;

  constructor(startMs: number) {
    this.startMs = startMs;
  }

  get nowUs(): number {
    return this.#nowUs;
  }

  /** Milliseconds since the world began. */
  get nowMs(): number {
    return this.#nowUs / US_PER_MS;
  }

  /** Plans something; fractions of a microsecond count as a whole one, so that nothing happens early. */
  plan(node: number, delayUs: number, run: () => void): Planned {
    assert(delayUs >= 0 && Number.isFinite(delayUs), "what is planned happens later");
    const planned: Planned = { atUs: this.#nowUs + Math.ceil(delayUs), node, order: this.#order, run };
    this.#order += 1;
    this.#heap.push(planned);
    return planned;
  }

  callOff(planned: Planned): void {
    this.#heap.callOff(planned);
  }

  /** Lets the next event happen if it is due by `limitUs`; else time goes on to there. */
  step(limitUs: number): boolean {
    const next = this.#heap.peek();
    if (next === undefined || next.atUs > limitUs) {
      this.#nowUs = Math.max(this.#nowUs, limitUs);
      return false;
    }
    this.#heap.pop();
    this.#nowUs = next.atUs;
    const run = next.run;
    next.run = undefined;
    run?.();
    return true;
  }

  /** Timers of a node: what it planned does not happen while `alive` says no. */
  timers(node: number, alive: () => boolean = () => true): Timers {
    return {
      after: (delayMs, callback) => {
        const planned = this.plan(node, delayMs * US_PER_MS, () => {
          if (alive()) callback();
        });
        return () => this.callOff(planned);
      },
    };
  }

  /** A node's clock: its time of day is off by what `offsetMs` says, its durations are true. */
  clock(offsetMs: () => number): Clock {
    return {
      nowMs: () => Math.floor(this.startMs + this.nowMs + offsetMs()),
      monotonicMs: () => this.nowMs,
    };
  }
}
