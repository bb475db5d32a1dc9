import { performance } from "node:perf_hooks";
import type { Clock, Timers } from "@forkyard/core/ports/clock";

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

export const systemTimers: Timers = {
  after(delayMs: number, callback: () => void): () => void {
    // A timer takes a millisecond at least: work that only makes room for others would lose it at every turn.
    if (delayMs <= 0) {
      const immediate = setImmediate(callback);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
