import { existsSync, readdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { InputError } from "@forkyard/core/errors";
import { Level } from "level";
import { StoreDamagedError } from "../errors.ts";
import type { KeyRange } from "../keys.ts";
import { LEVEL_CACHE_BYTES, LEVEL_WRITE_BUFFER_BYTES, MAX_TABLE_BYTES_CHECKED, SCAN_CHUNK_RECORDS } from "../limits.ts";
import { damageOfTable, recordsOfTable } from "./check-table.ts";
import type { Engine, KeyValue, WriteOperation } from "./engine.ts";

type Database = Level<Uint8Array, Uint8Array>;

/** The static method that `level` passes on from classic-level without declaring it. */
interface Repairing {
  repair(location: string): Promise<void>;
}

/** Files that only a database that was in use leaves: the first manifest is replaced before a new one is open. */
const DATABASE_FILE = /^(MANIFEST-(?!0*1$)\d+|\d+\.(ldb|sst|log))$/;

const TABLE_FILE = /^\d+\.(ldb|sst)$/;

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
  static async open(location: string, options: { readonly mustExist?: boolean } = {}): Promise<LevelEngine> {
    refuseLostRoot(location, options.mustExist === true);
    const [damaged] = damagedTables(location);
    if (damaged !== undefined) {
      throw new StoreDamagedError(
        `the chain data in ${location} is damaged: the table ${damaged.name} (${damaged.damage})`,
      );
    }
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

  /** Whether a database was ever open in this folder, sound or not. */
  static existsIn(location: string): boolean {
    return hasRoot(location) || filesOf(location).length > 0;
  }

  /**
   * Makes a database that does not open readable again, as far as it goes: it may hold less afterwards, and records
   * that were overwritten or deleted. Only for taking out what can be proved sound.
   */
  static async repair(location: string): Promise<void> {
    // LevelDB ends the process over some of what a damaged table may hold: it must not see one.
    const tables = damagedTables(location).map(({ name }) => join(location, name));
    const records = tables.map((path) => recordsOfTable(readFileSync(path)));
    for (const path of tables) renameSync(path, `${path}.damaged`);
    await (Level as unknown as Repairing).repair(location);
    const engine = await LevelEngine.open(location);
    try {
      for (const table of records) {
        const missing = [...table.values()].filter(([key]) => engine.get(key) === undefined);
        await engine.write(missing.map(([key, value]) => ({ kind: "put", key, value })));
      }
    } finally {
      await engine.close();
    }
  }

  get(key: Uint8Array): Uint8Array | undefined {
    const value = this.#database.getSync(key);
    return value === undefined ? undefined : plainBytes(value);
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    const values = await this.#database.getMany([...keys]);
    return values.map((value) => (value === undefined ? undefined : plainBytes(value)));
  }

  async write(operations: readonly WriteOperation[]): Promise<void> {
    // Encoding and handing over take milliseconds: answers that are ready go out before.
    await setImmediate();
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

/**
 * A folder with tables but without the file that names the current ones looks new to LevelDB, which would then delete
 * them all. @throws StoreDamagedError, InputError
 */
function refuseLostRoot(location: string, mustExist: boolean): void {
  if (hasRoot(location)) return;
  if (filesOf(location).length > 0) {
    throw new StoreDamagedError(`the chain data in ${location} is damaged: the file CURRENT is missing`);
  }
  if (mustExist) throw new InputError(`there is no chain in ${location}`);
}

function hasRoot(location: string): boolean {
  return existsSync(join(location, "CURRENT"));
}

function filesOf(location: string): readonly string[] {
  const isFolder = statSync(location, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder ? readdirSync(location).filter((name) => DATABASE_FILE.test(name)) : [];
}

function damagedTables(location: string): { name: string; damage: string }[] {
  if (statSync(location, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  const tables = readdirSync(location).filter((name) => TABLE_FILE.test(name));
  const bytes = tables.reduce((sum, name) => sum + statSync(join(location, name)).size, 0);
  if (bytes > MAX_TABLE_BYTES_CHECKED) return [];
  return tables.flatMap((name) => {
    const damage = damageOfTable(readFileSync(join(location, name)));
    return damage === undefined ? [] : [{ name, damage }];
  });
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
  // A file that its table of contents names and that is gone is damage; a disk that is full or forbidden is not.
  if (code === "LEVEL_CORRUPTION" || (code === "LEVEL_IO_ERROR" && /No such file/.test(reason))) {
    return new StoreDamagedError(`the chain data in ${location} is damaged (${reason})`, { cause });
  }
  return new InputError(`cannot open the chain data in ${location} (${reason}): check the path and its permissions`);
}
