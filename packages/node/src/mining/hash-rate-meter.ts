import type { Clock } from "@forkyard/core/ports/clock";

/** The part of the worker pool that is measured. */
export interface BackgroundHashes {
  readonly backgroundHashes: number;
}

/** Hashes a second of background mining since it was last set or interrupted; those on demand are not counted. */
export class HashRateMeter {
  readonly #pool: BackgroundHashes;
  readonly #clock: Clock;
  /** Undefined while background mining is interrupted: then the rate before counts. */
  #since: { readonly hashes: number; readonly atMs: number } | undefined;
  #rateBefore = 0;

  constructor(pool: BackgroundHashes, clock: Clock) {
    this.#pool = pool;
    this.#clock = clock;
    this.restart();
  }

  get rate(): number {
    if (this.#since === undefined) return this.#rateBefore;
    const seconds = (this.#clock.monotonicMs() - this.#since.atMs) / 1000;
    return seconds <= 0 ? 0 : (this.#pool.backgroundHashes - this.#since.hashes) / seconds;
  }

  /** Measures from now on. */
  restart(): void {
    this.#since = { hashes: this.#pool.backgroundHashes, atMs: this.#clock.monotonicMs() };
  }

  /** Background mining pauses. */
  interrupt(): void {
    this.#rateBefore = this.rate;
    this.#since = undefined;
  }
}
