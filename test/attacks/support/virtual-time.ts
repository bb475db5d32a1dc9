import type { Clock, Timers } from "@forkyard/core/ports/clock";

interface Happening {
  readonly atMs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Time that only passes when it is told to: everything that is to happen later waits here, in order. */
export class VirtualTime implements Timers {
  readonly #startMs: number;
  #elapsedMs = 0;
  #order = 0;
  #waiting: Happening[] = [];

  /** @param startMs time of day at the start, milliseconds since 1970 */
  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** A clock whose time of day is off by `offsetMs`; all of them run at the same speed. */
  clock(offsetMs = 0): Clock {
    return {
      nowMs: () => this.#startMs + this.#elapsedMs + offsetMs,
      monotonicMs: () => this.#elapsedMs,
    };
  }

  after(delayMs: number, callback: () => void): () => void {
    const happening = { atMs: this.#elapsedMs + delayMs, order: this.#order++, run: callback };
    const at = this.#waiting.findLastIndex(({ atMs }) => atMs <= happening.atMs) + 1;
    this.#waiting.splice(at, 0, happening);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== happening);
    };
  }

  /** Lets time pass until the condition holds, at most `limitMs`; true when it does. */
  run(limitMs: number, until: () => boolean = () => false): boolean {
    const endMs = this.#elapsedMs + limitMs;
    while (!until()) {
      const next = this.#waiting[0];
      if (next === undefined || next.atMs > endMs) {
        this.#elapsedMs = endMs;
        return until();
      }
      this.#waiting.shift();
      this.#elapsedMs = Math.max(this.#elapsedMs, next.atMs);
      next.run();
    }
    return true;
  }
}
