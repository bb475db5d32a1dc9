import { assert } from "@forkyard/core/errors";
import type { Engine, WriteOperation } from "./engine/engine.ts";
import { keyString } from "./engine/key-string.ts";
import {
  COMFORTABLE_BATCHES_IN_FLIGHT,
  COMFORTABLE_BYTES_IN_FLIGHT,
  MAX_BATCHES_IN_FLIGHT,
  MAX_BYTES_IN_FLIGHT,
} from "./limits.ts";

/** One change as it waits for the disk. */
interface Pending {
  readonly batchNumber: number;
  readonly operation: WriteOperation;
}

/** No record has it. */
const EMPTY_KEY = new Uint8Array(0);

/** What is committed but not yet on disk. */
export interface InFlight {
  readonly batches: number;
  readonly bytes: number;
}

/**
 * Puts an overlay over an engine: a committed batch is read back at once, its write happens behind it. Writes go to
 * the engine one after the other in the order of commits. After a failed write nothing is written any more, for a
 * later batch without an earlier one would be a state that never was.
 */
export class WriteBehind {
  readonly #engine: Engine;
  readonly #overlay = new Map<string, Pending>();
  #lastJob: Promise<unknown> = Promise.resolve();
  #batchNumber = 0;
  #inFlight: InFlight = { batches: 0, bytes: 0 };
  #failure: { readonly error: unknown } | undefined;
  #closed = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  get inFlight(): InFlight {
    return this.#inFlight;
  }

  get(key: Uint8Array): Uint8Array | undefined {
    if (this.#overlay.size > 0) {
      const pending = this.#overlay.get(keyString(key));
      if (pending !== undefined) return valueOf(pending.operation);
    }
    return this.#engine.get(key);
  }

  /**
   * Values that are on disk and about to stay: of keys whose change is in flight, nothing is told. What is committed
   * after this call may or may not show. Undefined from an engine that cannot read many at once.
   */
  getManyStored(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> | undefined {
    assert(!this.#closed, "reading a closed store");
    const settled =
      this.#overlay.size === 0 ? keys : keys.map((key) => (this.#overlay.has(keyString(key)) ? EMPTY_KEY : key));
    return this.#engine.getMany?.(settled);
  }

  /**
   * Makes the operations visible now and resolves when they are on disk.
   * @throws (rejects) what the engine threw, for this batch or an earlier one
   */
  async commit(operations: readonly WriteOperation[]): Promise<void> {
    assert(!this.#closed, "commit to a closed store");
    if (this.#failure !== undefined) throw this.#failure.error;
    const batchNumber = ++this.#batchNumber;
    const bytes = operations.reduce((sum, operation) => sum + operationBytes(operation), 0);
    this.#checkBound(bytes);
    this.#count(1, bytes);
    for (const operation of operations) {
      this.#overlay.set(keyString(operation.key), { batchNumber, operation });
    }
    await this.#enqueue(async () => {
      await this.#write(operations);
      this.#forget(operations, batchNumber);
      this.#count(-1, -bytes);
    });
  }

  /** Resolves at once while little is in flight, else when the writes up to now are done. */
  async ready(): Promise<void> {
    const { batches, bytes } = this.#inFlight;
    if (batches >= COMFORTABLE_BATCHES_IN_FLIGHT || bytes >= COMFORTABLE_BYTES_IN_FLIGHT) await this.#lastJob;
  }

  /** Runs `job` on the engine when it holds every commit made before this call and none made after. */
  async between<T>(job: (engine: Engine) => T): Promise<T> {
    assert(!this.#closed, "reading a closed store");
    return this.#enqueue(async () => job(this.#engine));
  }

  /** Writes what is left, with `last` as the final synced write, and closes the engine. Rejects if a write failed. */
  async close(last: readonly WriteOperation[]): Promise<void> {
    if (this.#closed) return;
    const written = this.commit(last);
    this.#closed = true;
    try {
      await written;
    } finally {
      await this.#engine.close();
    }
  }

  async #write(operations: readonly WriteOperation[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    try {
      await this.#engine.write(operations);
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  async #enqueue<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#lastJob.then(job);
    // The chain itself never rejects: whoever asked for the job hears of its failure through `result`.
    this.#lastJob = result.catch(() => undefined);
    return result;
  }

  /** A later batch may have changed the same key again: then its change stays. */
  #forget(operations: readonly WriteOperation[], batchNumber: number): void {
    for (const { key } of operations) {
      const name = keyString(key);
      if (this.#overlay.get(name)?.batchNumber === batchNumber) this.#overlay.delete(name);
    }
  }

  #checkBound(bytes: number): void {
    const fits = this.#inFlight.batches < MAX_BATCHES_IN_FLIGHT && this.#inFlight.bytes + bytes <= MAX_BYTES_IN_FLIGHT;
    assert(fits || this.#inFlight.batches === 0, "too many commits wait for the disk: wait for commit() or ready()");
  }

  #count(batches: number, bytes: number): void {
    this.#inFlight = { batches: this.#inFlight.batches + batches, bytes: this.#inFlight.bytes + bytes };
  }
}

/** Undefined for a deletion. */
function valueOf(operation: WriteOperation): Uint8Array | undefined {
  return operation.kind === "put" ? operation.value : undefined;
}

function operationBytes(operation: WriteOperation): number {
  if (operation.kind === "delete") return operation.key.length;
  return operation.key.length + (operation.expectedBytes ?? operation.value.length);
}
