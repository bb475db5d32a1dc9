/** The time of day and a clock that only goes forward; the simulator supplies virtual ones. */
export interface Clock {
  /** Milliseconds since 1970, as the system clock says. */
  nowMs(): number;
  /** Milliseconds from an arbitrary start, never going back: for durations. */
  monotonicMs(): number;
}

/** Calls back later. */
export interface Timers {
  /** Calls `callback` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, callback: () => void): () => void;
}
