import { InputError } from "@forkyard/core/errors";
import { Level } from "level";
import { StoreDamagedError } from "../errors.ts";
import type { KeyRange } from "../keys.ts";
import { LEVEL_CACHE_BYTES, LEVEL_WRITE_BUFFER_BYTES, SCAN_CHUNK_RECORDS } from "../limits.ts";
import type { Engine, KeyValue, WriteOperation } from "./engine.ts";

type Database = Level<Uint8Array, Uint8Array>;

/** What is used of LevelDB's iterator. */
interface Scan {
  nextv(size: number): Promise<KeyValue[]>;
  close(): Promise<void>;
}

/**
 * LevelDB in a folder. Every batch is synced: syncing only some of them loses the others silently when the power
 * goes, because LevelDB changes to a new log without syncing the old one.
 */
export class LevelEngine implements Engine {
  readonly location: string;
  readonly #database: Database;

  private constructor(database: Database, location: string) {
    this.#database = database;
    this.location = location;
  }

  /**
   * Opens the database, making the folder when it is not there.
   * @throws InputError when the folder cannot be used or another process has it open; StoreDamagedError
   */
  static async open(location: string): Promise<LevelEngine> {
    const database: Database = new Level(location, {
      keyEncoding: "view",
      valueEncoding: "view",
      cacheSize: LEVEL_CACHE_BYTES,
      writeBufferSize: LEVEL_WRITE_BUFFER_BYTES,
    });
    try {
      await database.open();
    } catch (error) {
      throw openError(location, error);
    }
    return new LevelEngine(database, location);
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const value = this.#database.getSync(key);
    return value === undefined ? undefined : plainBytes(value);
  }

  async write(operations: readonly WriteOperation[]): Promise<void> {
    const batch = operations.map((operation) =>
      operation.kind === "put"
        ? { type: "put" as const, key: operation.key, value: operation.value }
        : { type: "del" as const, key: operation.key },
    );
    await this.#database.batch(batch, { sync: true });
  }

  scan(range: KeyRange): AsyncIterable<KeyValue> {
    // LevelDB takes its snapshot when the iterator is made, which is why it is not made inside the generator.
    return readChunks(
      this.#database.iterator<Uint8Array, Uint8Array>({ gte: range.from, lt: range.to, fillCache: false }),
    );
  }

  async close(): Promise<void> {
    await this.#database.close();
  }
}

async function* readChunks(iterator: Scan): AsyncGenerator<KeyValue> {
  try {
    for (;;) {
      const chunk = await iterator.nextv(SCAN_CHUNK_RECORDS);
      if (chunk.length === 0) return;
      for (const [key, value] of chunk) yield [plainBytes(key), plainBytes(value)];
    }
  } finally {
    await iterator.close();
  }
}

/** LevelDB hands out Buffers, whose `slice` shares memory and whose `toJSON` differs: nobody above expects that. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** LevelDB reports "not open" and puts the reason into the cause. */
function openError(location: string, error: unknown): Error {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (code === "LEVEL_LOCKED") {
    return new InputError(`${location} is in use by another process: stop it, or choose another data folder`);
  }
  if (code === "LEVEL_CORRUPTION") {
    return new StoreDamagedError(
      `the chain data in ${location} is damaged (${reason}): remove that folder and let the node sync again`,
      { cause },
    );
  }
  return new InputError(`cannot open the chain data in ${location} (${reason}): check the path and its permissions`);
}
