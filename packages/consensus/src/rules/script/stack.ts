import { type ScriptErrorName, ScriptFailure } from "./script-error.ts";

const FALSE: Uint8Array = new Uint8Array(0);
const TRUE: Uint8Array = Uint8Array.of(1);

/**
 * A stack of byte strings. Elements are never changed once pushed, so copies of a stack share them.
 * Reaching below the bottom fails the script with the error named at the start.
 */
export class ScriptStack {
  readonly #elements: Uint8Array[];
  readonly #underflow: ScriptErrorName;

  constructor(elements: readonly Uint8Array[] = [], underflow: ScriptErrorName = "INVALID_STACK_OPERATION") {
    this.#elements = [...elements];
    this.#underflow = underflow;
  }

  get size(): number {
    return this.#elements.length;
  }

  /** Bottom first; for the caller to read, not to change. */
  get elements(): readonly Uint8Array[] {
    return this.#elements;
  }

  copy(): ScriptStack {
    return new ScriptStack(this.#elements, this.#underflow);
  }

  /** Fails unless at least `count` elements are there: operations ask before they touch anything. */
  need(count: number): void {
    if (this.#elements.length < count) throw new ScriptFailure(this.#underflow);
  }

  push(element: Uint8Array): void {
    this.#elements.push(element);
  }

  pushBool(value: boolean): void {
    this.#elements.push(value ? TRUE : FALSE);
  }

  pop(): Uint8Array {
    const element = this.#elements.pop();
    if (element === undefined) throw new ScriptFailure(this.#underflow);
    return element;
  }

  /** The element `depth` below the top (0 is the top). */
  peek(depth = 0): Uint8Array {
    const element = this.#elements[this.#elements.length - 1 - depth];
    if (element === undefined) throw new ScriptFailure(this.#underflow);
    return element;
  }

  /** Takes out the element `depth` below the top. */
  remove(depth: number): Uint8Array {
    this.need(depth + 1);
    return this.#elements.splice(this.#elements.length - 1 - depth, 1)[0] as Uint8Array;
  }

  /** Puts an element in so that `depth` others lie above it. */
  insert(depth: number, element: Uint8Array): void {
    this.need(depth);
    this.#elements.splice(this.#elements.length - depth, 0, element);
  }

  drop(count: number): void {
    this.need(count);
    this.#elements.length -= count;
  }
}

/** False for zero of any length, negative zero included (a lone 0x80 in the last byte). */
export function isTrue(element: Uint8Array): boolean {
  const last = element.length - 1;
  for (let i = 0; i <= last; i++) {
    const byte = element[i] as number;
    if (byte !== 0) return !(i === last && byte === 0x80);
  }
  return false;
}
