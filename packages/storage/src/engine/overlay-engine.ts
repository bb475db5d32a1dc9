import { compareBytes } from "@forkyard/core/bytes/bytes";
import type { KeyRange } from "../keys.ts";
import type { Engine, KeyValue, WriteOperation } from "./engine.ts";
import { keyString } from "./key-string.ts";

/** Keeps what is written in memory, over an engine that is left as it is: for looking at what must not be changed. */
export class OverlayEngine implements Engine {
  readonly location: string;
  readonly #base: Engine;
  readonly #changes = new Map<string, WriteOperation>();

  constructor(base: Engine) {
    this.#base = base;
    this.location = base.location;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const change = this.#changes.get(keyString(key));
    if (change === undefined) return this.#base.get(key);
    return change.kind === "put" ? change.value : undefined;
  }

  async write(operations: readonly WriteOperation[]): Promise<void> {
    for (const operation of operations) this.#changes.set(keyString(operation.key), operation);
  }

  scan(range: KeyRange): AsyncIterable<KeyValue> {
    const changes = [...this.#changes.values()]
      .filter(({ key }) => compareBytes(key, range.from) >= 0 && compareBytes(key, range.to) < 0)
      .toSorted((a, b) => compareBytes(a.key, b.key));
    return merge(this.#base.scan(range), changes);
  }

  async close(): Promise<void> {
    await this.#base.close();
  }
}

async function* merge(base: AsyncIterable<KeyValue>, changes: readonly WriteOperation[]): AsyncGenerator<KeyValue> {
  let next = 0;
  for await (const record of base) {
    for (; next < changes.length; next++) {
      const change = changes[next] as WriteOperation;
      if (compareBytes(change.key, record[0]) >= 0) break;
      if (change.kind === "put") yield [change.key, change.value];
    }
    const same = changes[next];
    if (same === undefined || compareBytes(same.key, record[0]) !== 0) yield record;
  }
  for (const change of changes.slice(next)) if (change.kind === "put") yield [change.key, change.value];
}
