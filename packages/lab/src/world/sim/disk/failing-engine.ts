import { compareBytes } from "@forkyard/core/bytes/bytes";
import { assert } from "@forkyard/core/errors";
import type { Engine, KeyValue, WriteOperation } from "@forkyard/storage/engine/engine";
import { keyString } from "@forkyard/storage/engine/key-string";
import type { KeyRange } from "@forkyard/storage/keys";
import type { RandomStream } from "../random/stream.ts";

type Records = Map<string, KeyValue>;

interface PendingWrite {
  readonly operations: readonly WriteOperation[];
  readonly done: () => void;
}

/** Plans something on the world's clock. */
export type PlanWrite = (run: () => void) => void;

/**
 * A table on a simulated disk. A write takes time, and until then a crash may lose it; what was reported as written is
 * there for good, unless a bit flips.
 */
export class FailingEngine implements Engine {
  readonly location = "simulated disk";
  readonly #records: Records;
  readonly #random: RandomStream;
  readonly #plan: PlanWrite;
  #waiting: PendingWrite[] = [];
  /** Writes are done at once: while the node starts or stops, when nothing else goes on. */
  #atOnce = true;
  /** The node that used it is gone: what it still says does not count. */
  #dead = false;

  /** @param records of before; they now belong to this engine */
  constructor(records: Records, random: RandomStream, plan: PlanWrite) {
    this.#records = records;
    this.#random = random;
    this.#plan = plan;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#records.get(keyString(key))?.[1];
  }

  write(operations: readonly WriteOperation[]): Promise<void> {
    assert(!this.#dead, "a node that crashed writes nothing more");
    if (this.#atOnce) {
      this.#apply(operations);
      return Promise.resolve();
    }
    return new Promise((done) => {
      this.#waiting.push({ operations, done });
      this.#plan(() => this.#finishFirst());
    });
  }

  async *scan(range: KeyRange): AsyncGenerator<KeyValue> {
    const records = [...this.#records.values()].filter(
      ([key]) => compareBytes(key, range.from) >= 0 && compareBytes(key, range.to) < 0,
    );
    yield* records.toSorted(([a], [b]) => compareBytes(a, b));
  }

  async close(): Promise<void> {}

  /** From now on writes take time. */
  takeTime(): void {
    this.#atOnce = false;
  }

  /** From now on writes are done at once, those that wait included. */
  hurry(): void {
    this.#atOnce = true;
    while (this.#waiting.length > 0) this.#finishFirst();
  }

  /** The power goes: of the writes that waited, the first ones made it or not. @returns what is on the disk */
  crash(): Records {
    this.#dead = true;
    const survivors = this.#random.below(this.#waiting.length + 1);
    for (const { operations } of this.#waiting.slice(0, survivors)) this.#apply(operations);
    this.#waiting = [];
    return this.#records;
  }

  /** The planned end of a write; nothing when a crash or a stop came first. */
  #finishFirst(): void {
    const first = this.#waiting.shift();
    if (first === undefined) return;
    this.#apply(first.operations);
    first.done();
  }

  #apply(operations: readonly WriteOperation[]): void {
    for (const operation of operations) {
      if (operation.kind === "put") this.#records.set(keyString(operation.key), [operation.key, operation.value]);
      else this.#records.delete(keyString(operation.key));
    }
  }
}

/** Turns one bit of one stored value, chosen by the stream. */
export function flipBit(records: Records, random: RandomStream): void {
  const names = [...records.keys()].toSorted();
  const name = names[random.below(names.length)];
  const record = name === undefined ? undefined : records.get(name);
  if (name === undefined || record === undefined || record[1].length === 0) return;
  const [key, value] = record;
  const damaged = value.slice();
  const at = random.below(damaged.length);
  damaged[at] = (damaged[at] as number) ^ (1 << random.below(8));
  records.set(name, [key, damaged]);
}
