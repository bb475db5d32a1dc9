import { compareBytes } from "@forkyard/core/bytes/bytes";
import type { KeyRange } from "../keys.ts";
import type { Engine, KeyValue, WriteOperation } from "./engine.ts";
import { keyString } from "./key-string.ts";

/** Keeps everything in memory: for tests and simulated nodes. Closing keeps the records, as a disk does. */
export class MemoryEngine implements Engine {
  readonly location = "memory";
  readonly #records = new Map<string, KeyValue>();

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#records.get(keyString(key))?.[1];
  }

  async write(operations: readonly WriteOperation[]): Promise<void> {
    for (const operation of operations) {
      if (operation.kind === "put") this.#records.set(keyString(operation.key), [operation.key, operation.value]);
      else this.#records.delete(keyString(operation.key));
    }
  }

  scan(range: KeyRange): AsyncIterable<KeyValue> {
    const records = [...this.#records.values()].filter(
      ([key]) => compareBytes(key, range.from) >= 0 && compareBytes(key, range.to) < 0,
    );
    return yieldAll(records.toSorted(([a], [b]) => compareBytes(a, b)));
  }

  async close(): Promise<void> {}
}

async function* yieldAll(records: readonly KeyValue[]): AsyncGenerator<KeyValue> {
  yield* records;
}
