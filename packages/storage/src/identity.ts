import { InputError } from "@forkyard/core/errors";
import { seal, unseal } from "./codec/checksum.ts";
import { type ChainIdentity, decodeMetadata, encodeMetadata, type Metadata } from "./codec/metadata.ts";
import type { Engine } from "./engine/engine.ts";
import { StoreDamagedError } from "./errors.ts";
import { CLOSED_CLEANLY_KEY, METADATA_KEY, WHOLE_RANGE } from "./keys.ts";

/** Counts every change of keys or record layouts that older data does not fit. */
export const SCHEMA_VERSION = 1;

/**
 * Makes sure that the engine holds the chain that is asked for: writes the metadata into an empty one, compares it in
 * any other. Also takes away the mark of a clean close, to be set again by the next one.
 * @returns whether the store was closed cleanly the last time (true for a new one)
 * @throws InputError for data of another network, chain or schema
 */
export async function claimEngine(engine: Engine, identity: ChainIdentity): Promise<{ closedCleanly: boolean }> {
  const stored = engine.get(METADATA_KEY);
  if (stored === undefined) {
    await refuseForeignData(engine);
    const metadata = encodeMetadata({ ...identity, schemaVersion: SCHEMA_VERSION });
    await engine.write([{ kind: "put", key: METADATA_KEY, value: seal(METADATA_KEY, metadata) }]);
    return { closedCleanly: true };
  }
  compare(readMetadata(engine, stored), identity, engine.location);
  const closedCleanly = engine.get(CLOSED_CLEANLY_KEY) !== undefined;
  if (closedCleanly) await engine.write([{ kind: "delete", key: CLOSED_CLEANLY_KEY }]);
  return { closedCleanly };
}

function readMetadata(engine: Engine, stored: Uint8Array): Metadata {
  try {
    return decodeMetadata(unseal(METADATA_KEY, stored));
  } catch (cause) {
    const message = `the metadata in ${engine.location} is damaged: remove that folder and let the node sync again`;
    throw new StoreDamagedError(message, { cause });
  }
}

function compare(found: Metadata, wanted: ChainIdentity, location: string): void {
  if (found.schemaVersion !== SCHEMA_VERSION) {
    throw new InputError(
      `${location} was written in schema ${found.schemaVersion}, this program knows ${SCHEMA_VERSION}: ` +
        "choose another data folder, or remove this one and sync again",
    );
  }
  if (found.networkName !== wanted.networkName) {
    throw new InputError(
      `${location} holds the network ${JSON.stringify(found.networkName)}, not ${JSON.stringify(wanted.networkName)}: ` +
        "choose another data folder",
    );
  }
  if (found.genesisHash !== wanted.genesisHash) {
    throw new InputError(
      `${location} holds a ${found.networkName} chain that begins with ${found.genesisHash}, ` +
        `not ${wanted.genesisHash}: choose another data folder`,
    );
  }
}

async function refuseForeignData(engine: Engine): Promise<void> {
  for await (const _ of engine.scan(WHOLE_RANGE)) {
    throw new InputError(
      `${engine.location} holds a database that is not a Forkyard chain (or lost its metadata): choose another folder`,
    );
  }
}
