import { demand } from "./script-error.ts";

const NONE = -1;

/**
 * The open IFs of a script and whether code runs inside them. Only the depth and the outermost false one are kept:
 * everything inside a false branch is skipped, so the values within it never matter and each step costs the same.
 */
export class Conditions {
  #depth = 0;
  #firstFalse = NONE;

  /** True when every open branch is taken. */
  get executing(): boolean {
    return this.#firstFalse === NONE;
  }

  /** True when every IF was closed. */
  get balanced(): boolean {
    return this.#depth === 0;
  }

  open(value: boolean): void {
    if (this.executing && !value) this.#firstFalse = this.#depth;
    this.#depth++;
  }

  /** OP_ELSE: the innermost branch flips; inside a skipped outer branch nothing changes. */
  flip(): void {
    demand(this.#depth > 0, "UNBALANCED_CONDITIONAL");
    const innermost = this.#depth - 1;
    if (this.#firstFalse === NONE) this.#firstFalse = innermost;
    else if (this.#firstFalse === innermost) this.#firstFalse = NONE;
  }

  close(): void {
    demand(this.#depth > 0, "UNBALANCED_CONDITIONAL");
    this.#depth--;
    if (this.#firstFalse === this.#depth) this.#firstFalse = NONE;
  }
}
