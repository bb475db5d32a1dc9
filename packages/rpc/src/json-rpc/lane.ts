import { assert } from "@forkyard/core/errors";

/** Lets `width` tasks run at a time; the others wait in the order they came. Callers bound how many there are. */
export class Lane {
  readonly #width: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(width: number) {
    assert(width > 0, "a lane lets at least one task through");
    this.#width = width;
  }

  async run<T>(task: () => Promise<T> | T): Promise<T> {
    if (this.#running >= this.#width) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}
