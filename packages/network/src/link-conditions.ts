/** How a link to a peer behaves in the direction away from us; the other end sees to the way back. */
export interface LinkConditions {
  readonly latencyMs: number;
  /** The latency of each message is longer by up to this much. */
  readonly jitterMs: number;
  /** Undefined: as fast as the machine. */
  readonly bytesPerSecond: number | undefined;
  /** Fraction of messages that are lost and sent again after a timeout, as TCP does it. */
  readonly loss: number;
}

/** Messages on one link, each timed by what went before. */
export class LinkSchedule {
  #conditions: LinkConditions | undefined;
  /** When the link has finished sending what it was given. */
  #sentMs = 0;
  #arrivedMs = 0;

  set(conditions: LinkConditions | undefined): void {
    this.#conditions = conditions;
  }

  /**
   * When a message that is sent now arrives: never before the one that was sent before it.
   * @param draw numbers from 0 up to but not 1
   */
  arrivalMs(bytes: number, nowMs: number, draw: () => number): number {
    const conditions = this.#conditions;
    if (conditions === undefined) return Math.max(nowMs, this.#arrivedMs);
    const { latencyMs, jitterMs, bytesPerSecond, loss } = conditions;
    const sendingMs = bytesPerSecond === undefined ? 0 : (bytes / bytesPerSecond) * 1000;
    this.#sentMs = Math.max(nowMs, this.#sentMs) + sendingMs;
    const jitter = jitterMs > 0 ? draw() * jitterMs : 0;
    const again = loss > 0 && draw() < loss ? retransmissionMs(latencyMs) : 0;
    this.#arrivedMs = Math.max(this.#arrivedMs, this.#sentMs + latencyMs + jitter + again);
    return this.#arrivedMs;
  }
}

/** RFC 6298 sends again after the round trip and a margin, and never sooner than this; Linux takes 200 ms. */
const MIN_RETRANSMISSION_MS = 200;

/** How long after a message its sender takes it for lost. */
export function retransmissionMs(latencyMs: number): number {
  return Math.max(MIN_RETRANSMISSION_MS, 2 * latencyMs);
}
