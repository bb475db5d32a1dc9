import type { Txid } from "./hash.ts";
import type { OutPoint } from "./tx.ts";

/** The values of one transaction: mostly there is one. */
interface Slot<Value> {
  vout: number;
  value: Value;
  /** The other outputs of the transaction. */
  more: Map<number, Value> | undefined;
}

/**
 * A map with outpoints as keys. It looks up the txid as it is: putting a key string together, and hashing that, takes
 * longer than the look-up. Goes through transactions in the order in which they came.
 */
export class OutPointMap<Value extends {}> {
  readonly #slots = new Map<Txid, Slot<Value>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(outPoint: OutPoint): boolean {
    return this.get(outPoint) !== undefined;
  }

  get({ txid, vout }: OutPoint): Value | undefined {
    const slot = this.#slots.get(txid);
    if (slot === undefined) return undefined;
    return slot.vout === vout ? slot.value : slot.more?.get(vout);
  }

  set({ txid, vout }: OutPoint, value: Value): void {
    const slot = this.#slots.get(txid);
    if (slot === undefined) {
      this.#slots.set(txid, { vout, value, more: undefined });
      this.#size += 1;
    } else if (slot.vout === vout) {
      slot.value = value;
    } else {
      slot.more ??= new Map();
      if (!slot.more.has(vout)) this.#size += 1;
      slot.more.set(vout, value);
    }
  }

  /** @returns what was there */
  delete({ txid, vout }: OutPoint): Value | undefined {
    const slot = this.#slots.get(txid);
    if (slot === undefined) return undefined;
    const value = slot.vout === vout ? this.#deleteFirst(txid, slot) : deleteOther(slot, vout);
    if (value !== undefined) this.#size -= 1;
    return value;
  }

  clear(): void {
    this.#slots.clear();
    this.#size = 0;
  }

  /** What was yielded may be taken out on the way; what is put in meanwhile may or may not show. */
  *[Symbol.iterator](): Generator<readonly [outPoint: OutPoint, value: Value]> {
    for (const [txid, { vout, value, more }] of this.#slots) {
      // Taking the first one out moves another into its place.
      const others = more === undefined ? [] : [...more];
      yield [{ txid, vout }, value];
      for (const [other, its] of others) yield [{ txid, vout: other }, its];
    }
  }

  #deleteFirst(txid: Txid, slot: Slot<Value>): Value {
    const { value } = slot;
    const next = slot.more?.entries().next().value;
    if (next === undefined) this.#slots.delete(txid);
    else {
      [slot.vout, slot.value] = next;
      deleteOther(slot, slot.vout);
    }
    return value;
  }
}

function deleteOther<Value>(slot: Slot<Value>, vout: number): Value | undefined {
  const value = slot.more?.get(vout);
  slot.more?.delete(vout);
  if (slot.more?.size === 0) slot.more = undefined;
  return value;
}
