import { InputError } from "@forkyard/core/errors";
import type { Random } from "@forkyard/core/ports/random";
import { seal, unseal } from "./codec/checksum.ts";
import {
  type ChainIdentity,
  decodeMetadata,
  encodeMetadata,
  type Metadata,
  schemaVersionOf,
} from "./codec/metadata.ts";
import { COIN_SUM_KEY_BYTES } from "./coin-sum.ts";
import type { Engine } from "./engine/engine.ts";
import { StoreDamagedError } from "./errors.ts";
import { CLOSED_CLEANLY_KEY, METADATA_KEY, WHOLE_RANGE } from "./keys.ts";

/** Counts every change of keys or record layouts that older data does not fit. */
export const SCHEMA_VERSION = 2;

/** What a claimed engine says of itself. */
export interface Claim {
  /** Whether the store was closed cleanly the last time (true for a new one). */
  readonly closedCleanly: boolean;
  /** Key of the sum over all coins. */
  readonly coinSumKey: Uint8Array;
}

/**
 * Makes sure that the engine holds the chain that is asked for: writes the metadata into an empty one, compares it in
 * any other. Also takes away the mark of a clean close, to be set again by the next one.
 * @throws InputError for data of another network, chain or schema; StoreDamagedError when the metadata does not decode
 */
export async function claimEngine(engine: Engine, identity: ChainIdentity, random: Random): Promise<Claim> {
  const stored = engine.get(METADATA_KEY);
  if (stored === undefined) {
    await refuseForeignData(engine);
    const coinSumKey = random.bytes(COIN_SUM_KEY_BYTES);
    const metadata = encodeMetadata({ ...identity, schemaVersion: SCHEMA_VERSION, coinSumKey });
    await engine.write([{ kind: "put", key: METADATA_KEY, value: seal(METADATA_KEY, metadata) }]);
    return { closedCleanly: true, coinSumKey };
  }
  const { closedCleanly, coinSumKey } = inspectEngine(engine, stored, identity);
  if (closedCleanly) await engine.write([{ kind: "delete", key: CLOSED_CLEANLY_KEY }]);
  return { closedCleanly, coinSumKey };
}

/**
 * The same without changing anything.
 * @param stored the metadata record
 * @throws InputError, StoreDamagedError
 */
export function inspectEngine(engine: Engine, stored: Uint8Array, identity: ChainIdentity): Claim {
  const { coinSumKey } = readMetadata(engine, stored, identity);
  return { closedCleanly: engine.get(CLOSED_CLEANLY_KEY) !== undefined, coinSumKey };
}

function readMetadata(engine: Engine, stored: Uint8Array, identity: ChainIdentity): Metadata {
  let schemaVersion: number;
  let metadata: Metadata | undefined;
  try {
    const bytes = unseal(METADATA_KEY, stored);
    schemaVersion = schemaVersionOf(bytes);
    if (schemaVersion === SCHEMA_VERSION) metadata = decodeMetadata(bytes);
  } catch (cause) {
    throw new StoreDamagedError(`the metadata in ${engine.location} is damaged`, { cause });
  }
  if (metadata === undefined) {
    throw new InputError(
      `${engine.location} was written in schema ${schemaVersion}, this program knows ${SCHEMA_VERSION}: ` +
        "choose another data folder, or remove this one and sync again",
    );
  }
  compare(metadata, identity, engine.location);
  return metadata;
}

function compare(found: Metadata, wanted: ChainIdentity, location: string): void {
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
    throw new StoreDamagedError(
      `${engine.location} holds a database that is not a Forkyard chain, or lost its metadata`,
    );
  }
}
