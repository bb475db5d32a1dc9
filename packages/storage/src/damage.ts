import { DecodeError } from "@forkyard/core/errors";
import { unseal } from "./codec/checksum.ts";
import type { Engine } from "./engine/engine.ts";
import { StoreDamagedError } from "./errors.ts";
import { describeKey } from "./keys.ts";

const ADVICE = "start the node with --reindex to build the chain anew from what is sound";

/** What is inside a sealed record. @throws StoreDamagedError when it is not what was written */
export function openRecord<T>(
  key: Uint8Array,
  sealed: Uint8Array,
  decode: (value: Uint8Array, key: Uint8Array) => T,
  location: string,
): T {
  try {
    return decode(unseal(key, sealed), key);
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    throw new StoreDamagedError(`record ${describeKey(key)} in ${location} is damaged: ${ADVICE}`, { cause });
  }
}

/** A record straight from the engine; undefined when there is none. @throws StoreDamagedError */
export function readRecordFrom<T>(
  engine: Engine,
  key: Uint8Array,
  decode: (value: Uint8Array, key: Uint8Array) => T,
): T | undefined {
  let sealed: Uint8Array | undefined;
  try {
    sealed = engine.get(key);
  } catch (error) {
    throw damageIn(error, engine.location) ?? error;
  }
  return sealed === undefined ? undefined : openRecord(key, sealed, decode, engine.location);
}

/** LevelDB's own complaint about what it reads is damage too. */
export function damageIn(error: unknown, location: string): StoreDamagedError | undefined {
  if (error instanceof StoreDamagedError) return error;
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  // A table that is missing or cut to nothing; other errors of reading say nothing about what is stored.
  const lostTable = error.code === "LEVEL_IO_ERROR" && /No such file|Invalid argument/.test(error.message);
  if (error.code !== "LEVEL_CORRUPTION" && !lostTable) return undefined;
  return new StoreDamagedError(`the database in ${location} is damaged (${error.message}): ${ADVICE}`, {
    cause: error,
  });
}
